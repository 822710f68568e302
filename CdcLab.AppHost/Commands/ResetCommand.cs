using System.CommandLine;
using CdcLab.AppHost.Lab;

namespace CdcLab.AppHost.Commands;

/// <summary><c>reset</c>: deletes a lab's data, so that the next start makes new data.</summary>
/// <param name="removeVolumes">Deletes the volumes of the lab's containers; null where there are none.</param>
internal sealed class ResetCommand(Func<LabOptions, CancellationToken, Task>? removeVolumes)
{
    /// <summary>The command.</summary>
    /// <param name="withOptions">Reads the options and runs what is given with them.</param>
    public Command ToCommand(Func<Func<LabOptions, Task<int>>, Task<int>> withOptions)
    {
        Option<bool> yes = new("--yes") { Description = "Do not ask." };
        Command command = new("reset", "Delete the data directory of a lab that does not run: databases, logs, passwords; and the volumes of its containers.") { yes };
        command.SetAction((parsed, stop) => withOptions(options => RunAsync(options, parsed.GetValue(yes), stop)));
        return command;
    }

    private async Task<int> RunAsync(LabOptions options, bool yes, CancellationToken stop)
    {
        LabDataDirectory directory = LabDataDirectory.Of(options);
        if (!Directory.Exists(directory.Path))
        {
            LabTerminal.Line($"There is no lab in {directory.Path}.");
            return ExitCodes.Ok;
        }

        if (directory.IsHeld)
            return LabCommands.Refuse([$"A lab runs in {directory.Path}{(directory.Running is { } run ? $" (process {run.Pid})" : "")}: stop it first. Nothing was deleted."]);
        if (directory.Stamp is not { } stamp)
            return LabCommands.Refuse([$"{directory.Path} is not the folder of a lab that this version knows (it has no valid {LabDataDirectory.StampFile}). Nothing was deleted."]);
        if (!yes && Console.IsInputRedirected)
            return LabCommands.Refuse(["reset asks before it deletes, and there is no terminal to ask on: add --yes. Nothing was deleted."]);
        if (!yes)
        {
            Console.Write($"Delete the databases, logs and passwords in {directory.Path}? [y/N] ");
            if (Console.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
            {
                LabTerminal.Line("Nothing was deleted.");
                return ExitCodes.NotOk;
            }
        }

        try
        {
            // First: without the folder nobody would know of the volumes any more.
            if (stamp.Runtime == LabRuntime.Container && removeVolumes is not null)
                await removeVolumes(options, stop);
            directory.Delete();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return LabCommands.Refuse([$"{directory.Path} could not be deleted: {refused.Message}"]);
        }

        LabTerminal.Line($"Deleted: {directory.Path}");
        return ExitCodes.Ok;
    }
}
