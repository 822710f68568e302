using System.CommandLine;
using CdcLab.AppHost.Output;
using CdcLab.AppHost.Settings;
using CdcLab.Runtime.Standalone.Cleaning;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.AppHost.Commands;

/// <summary><c>reset</c>: deletes a lab's data, so that the next start makes new data.</summary>
internal static class ResetCommand
{
    public static Command Make(CommandLineSettings settings)
    {
        Option<bool> dryRun = new("--dry-run") { Description = "Show what would go, and delete nothing." };
        Option<bool> yes = new("--yes") { Description = "Do not ask." };
        Command command = new("reset", "Delete the data of a lab that does not run: databases, logs, ledger, secrets. Nothing that the lab did not make is touched.") { dryRun, yes };
        command.SetAction((parsed, cancellationToken) => ResetAsync(settings, parsed.GetValue(dryRun), parsed.GetValue(yes), cancellationToken));
        return command;
    }

    private static async Task<int> ResetAsync(CommandLineSettings settings, bool dryRun, bool yes, CancellationToken cancellationToken)
    {
        if (Preparation.Options(settings) is not { } options)
            return ExitCodes.CouldNotRun;
        DataDirectory directory = DataDirectory.Of(options);
        DataReset reset = new(directory);
        IReadOnlyList<FoundItem> items = await reset.FindAsync(cancellationToken);
        if (items.Count == 0)
        {
            Terminal.Line($"There is no lab's data in {directory.Path}.");
            return ExitCodes.Ok;
        }

        FoundItems.Print(items);
        if (dryRun)
        {
            Terminal.Line("Nothing was deleted (--dry-run).");
            return ExitCodes.Ok;
        }

        if (Confirmation.Ask($"Delete the lab's data in {directory.Path}?", "reset", yes) is not ExitCodes.Ok and var answer)
            return answer;
        await reset.RunAsync(cancellationToken);
        Terminal.Line(Directory.Exists(directory.Path) ? $"The lab's data is deleted; what is not the lab's stayed in {directory.Path}." : $"Deleted: {directory.Path}");
        return ExitCodes.Ok;
    }
}
