using System.CommandLine;
using CdcLab.AppHost;
using CdcLab.AppHost.Commands;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Clients.Control;
using CdcLab.Clients.Verdicts;
using CdcLab.Runtime;
using CdcLab.Runtime.Standalone.Fetching;

// System.CommandLine splits arguments at ':', so the settings are taken out before it sees them.
CommandLineSettings settings = CommandLineSettings.TakeFrom(args);
(IReadOnlyList<string> own, IReadOnlyList<string> rest) = LabHost.Take(settings.Rest);
RootCommand root = new("CdcLab: a change-data-capture source and its log on one machine: MySQL, ZooKeeper, Kafka, a market that writes, a verifier that proves.\n\nEvery setting can be given as --Lab:Section:Name=value, as the environment variable Lab__Section__Name, or in appsettings.json.")
{
    RunCommand.Make(settings, own),
    StatusCommand.Make(settings),
    VerifyCommand.Make(settings),
    ConnectCommand.Make(settings),
    ComposeCommand.Make(settings),
    ResetCommand.Make(settings),
    CleanCommand.Make(settings),
    UseCommand.Make(),
};
foreach (Command command in ServerCommands.Make(settings))
    root.Add(command);
RunCommand.SetAsDefault(root, settings, own);

ParseResult parsed = root.Parse(rest);
if (parsed.Errors.Count > 0)
{
    foreach (string error in parsed.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal))
        Terminal.Error(CommandLineSettings.Hint(error));
    return ExitCodes.CouldNotRun;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception known) when (known is UnavailableException or LabControlException or ControlException or VerdictsException)
{
    Terminal.Error(known.Message);
    return ExitCodes.CouldNotRun;
}
catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
{
    // A full disk, a folder without permission: the system's own words name the file.
    Terminal.Error(refused.Message);
    return ExitCodes.CouldNotRun;
}
catch (Exception ours)
{
    // Not a user's mistake but a fault of this program: everything was stopped on the way here, and whoever mends it needs to know where it was.
    Terminal.Error($"unexpected, please report it: {ours}");
    return ExitCodes.CouldNotRun;
}
