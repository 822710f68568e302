using Microsoft.Extensions.Configuration;

namespace CdcLab.AppHost.Lab;

/// <summary>A command line in its parts: the lab's settings as <c>--KEY=VALUE</c>, those without a value, what is meant for Aspire (nothing for another command than <c>run</c>),
/// and the lab's commands with their own options.</summary>
internal sealed record LabArguments(IReadOnlyList<string> Settings, IReadOnlyList<OptionFault> Faults, IReadOnlyList<string> Aspire, IReadOnlyList<string> Commands)
{
    private const string Prefix = "--" + LabOptions.Section + ":";

    // Aspire's and the generic host's own switches, each with a value.
    private static readonly HashSet<string> Switches = new(
        ["--operation", "--step", "--publisher", "--output-path", "--log-level", "--environment", "--include-exception-details", "--no-color", "--applicationName", "--contentRoot"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Sections = [LabOptions.Section, .. OptionCatalog.All.Select(o => o.Key.Split(':')).Where(k => k.Length > 2).Select(k => k[1]).Distinct(StringComparer.Ordinal)];

    /// <summary>Takes a command line apart. System.CommandLine splits arguments at a colon, so it must not see the settings.</summary>
    public static LabArguments Parse(IReadOnlyList<string> arguments)
    {
        List<string> settings = [];
        List<OptionFault> faults = [];
        List<string> rest = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                rest.Add(arguments[i]);
                continue;
            }

            if (arguments[i].Contains('=', StringComparison.Ordinal))
                settings.Add(arguments[i]);
            else if (ValueAfter(arguments, i) is { } value)
                settings.Add($"{arguments[i++]}={value}");
            else
                faults.Add(new(arguments[i][2..], null, $"has no value; write {arguments[i]}=VALUE"));
        }

        bool isOtherCommand = rest.Count > 0 && !rest[0].StartsWith('-') && rest[0] != "run";
        (List<string> aspire, List<string> commands) = isOtherCommand ? ([], rest) : Separate(rest);
        return new(settings, faults, aspire, commands);
    }

    /// <summary>The configuration of the options: the command line over the environment's <c>Lab__*</c>.</summary>
    public IConfiguration ToConfiguration() => new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine([.. Settings]).Build();

    /// <summary>The message of a wrong argument, with the setting that was probably meant, or where to see what there is.</summary>
    public static string Explain(string error)
    {
        error = error.Replace("expected type 'System.Double'", "a number", StringComparison.Ordinal).Replace("expected type 'System.Nullable`1[System.Int32]'", "a whole number", StringComparison.Ordinal);
        string[] quoted = error.Split('\'', 3);
        string argument = quoted.Length == 3 ? quoted[1].TrimStart('-', '/').Split('=')[0].Replace("__", ":", StringComparison.Ordinal) : "";
        if (!argument.Contains(':', StringComparison.Ordinal))
            return $"{error} See --help for what there is.";
        string key = argument.StartsWith(LabOptions.Section + ":", StringComparison.OrdinalIgnoreCase) ? argument : $"{LabOptions.Section}:{argument}";
        return $"{error} Settings begin with --{LabOptions.Section}: - did you mean --{LabConfiguration.Nearest(key)}=VALUE?";
    }

    private static (List<string> Aspire, List<string> Commands) Separate(List<string> arguments)
    {
        List<string> aspire = [];
        List<string> commands = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string[] parts = arguments[i].Split('=', 2);
            bool isSwitch = Switches.Contains(parts[0]);
            (isSwitch || (parts.Length == 2 && IsConfiguration(parts[0])) ? aspire : commands).Add(arguments[i]);
            if (isSwitch && parts.Length == 1 && ValueAfter(arguments, i) is not null)
                aspire.Add(arguments[++i]);
        }

        return (aspire, commands);
    }

    // --DcpPublisher:ContainerRuntime=podman and --ASPNETCORE_URLS=... are for the application's configuration. --Kafka:Brokers=5 and --Lab__Name=x are meant for the lab, and are told how to be written.
    private static bool IsConfiguration(string name) =>
        name.StartsWith("--", StringComparison.Ordinal) && name.AsSpan(2).ContainsAny(':', '_') && !Sections.Contains(name[2..].Split(':')[0].Split("__")[0], StringComparer.OrdinalIgnoreCase);

    private static string? ValueAfter(IReadOnlyList<string> arguments, int index) =>
        index + 1 < arguments.Count && !arguments[index + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[index + 1] : null;
}
