using System.CommandLine;
using CdcLab.AppHost.Settings;

namespace CdcLab.AppHost.Commands;

/// <summary><c>run</c>, the default: brings the lab up, shows it, and keeps it until it is told to stop. How is the host's matter.</summary>
internal static class RunCommand
{
    public static Command Make(CommandLineSettings settings, IReadOnlyList<string> own)
    {
        Option<bool> standalone = new("--standalone") { Description = "By the standalone host, also where this build is an Aspire application." };
        Command command = new("run", "Bring the lab up and keep it running until Ctrl+C (the default).") { standalone };
        command.SetAction((parsed, _) => parsed.GetValue(standalone) ? StandaloneRun.RunAsync(settings) : LabHost.RunAsync(settings, own));
        return command;
    }

    public static void SetAsDefault(RootCommand root, CommandLineSettings settings, IReadOnlyList<string> own) => root.SetAction((_, _) => LabHost.RunAsync(settings, own));
}
