using CdcLab.Model.Options;

namespace CdcLab.AppHost.Settings;

/// <summary>The settings of a command line: <c>--Lab:Kafka:Brokers=5</c> or <c>--Lab:Kafka:Brokers 5</c>.</summary>
/// <param name="Values">Keys and texts, in the order in which they were given.</param>
/// <param name="Faults">Settings without a value.</param>
/// <param name="Rest">Everything else.</param>
internal sealed record CommandLineSettings(IReadOnlyList<KeyValuePair<string, string?>> Values, IReadOnlyList<SettingFault> Faults, IReadOnlyList<string> Rest)
{
    private const string Prefix = "--Lab:";

    public static CommandLineSettings TakeFrom(IReadOnlyList<string> arguments)
    {
        List<KeyValuePair<string, string?>> values = [];
        List<SettingFault> faults = [];
        List<string> rest = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (!argument.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                rest.Add(argument);
                continue;
            }

            string setting = argument[2..];
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
                values.Add(new(setting[..equals], setting[(equals + 1)..]));
            else if (i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                values.Add(new(setting, arguments[++i]));
            else
                faults.Add(new(setting, null, "has no value", $"write {argument}=VALUE"));
        }

        return new(values, faults, rest);
    }

    /// <summary>The message of a wrong argument, with the setting that was probably meant, or where to see what there is.</summary>
    public static string Hint(string error)
    {
        string[] quoted = error.Split('\'', 3);
        string argument = quoted.Length == 3 ? quoted[1].TrimStart('-', '/') : "";
        string option = argument.Split('=')[0].Replace("__", ":", StringComparison.Ordinal);
        if (!option.Contains(':', StringComparison.Ordinal))
            return $"{error} See what there is: --help, or COMMAND --help.";
        string key = option.StartsWith("Lab:", StringComparison.OrdinalIgnoreCase) ? option : "Lab:" + option;
        return $"{error} Did you mean --{SettingsReader.Nearest(key)}=VALUE?";
    }
}
