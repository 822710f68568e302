using CdcLab.Model.Options;

namespace CdcLab.AppHost.Aspire;

/// <summary>Tells Aspire's arguments from those of the lab's commands.</summary>
internal static class AspireArguments
{
    // Aspire's own switches (DistributedApplicationBuilder), each with a value.
    private static readonly HashSet<string> Switches = new(["--operation", "--step", "--publisher", "--output-path", "--log-level", "--environment", "--include-exception-details", "--no-color"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether Aspire is asked for something else than running the application.</summary>
    public static bool AskForPublishing(IReadOnlyList<string> own) => own.Any(a =>
        a.StartsWith("--publisher", StringComparison.OrdinalIgnoreCase) || a.StartsWith("--operation=publish", StringComparison.OrdinalIgnoreCase) || a.Equals("publish", StringComparison.OrdinalIgnoreCase));

    /// <summary>Takes them out of a command line that runs the lab; another command's line has none.</summary>
    public static (IReadOnlyList<string> Own, IReadOnlyList<string> Ours) Take(IReadOnlyList<string> arguments)
    {
        if (arguments.Count > 0 && !arguments[0].StartsWith('-') && arguments[0] != "run")
            return ([], arguments);
        List<string> own = [];
        List<string> rest = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i].Split('=', 2)[0];
            bool hasValue = arguments[i].Contains('=', StringComparison.Ordinal);
            if (Switches.Contains(name))
            {
                own.Add(arguments[i]);
                if (!hasValue && i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                    own.Add(arguments[++i]);
            }
            else if (hasValue && name.StartsWith("--", StringComparison.Ordinal) && !IsForgottenSetting(name[2..]))
            {
                own.Add(arguments[i]);
            }
            else
            {
                rest.Add(arguments[i]);
            }
        }

        return (own, rest);
    }

    // --Kafka:Brokers=5 is meant for the lab: it stays among ours, and our parser says so.
    private static bool IsForgottenSetting(string key) => LabSettings.All.Any(s => s.Key.Equals("Lab:" + key, StringComparison.OrdinalIgnoreCase));
}
