using CdcLab.AppHost.Lab;

namespace CdcLab.AppHost.Commands;

/// <summary>A lab that is started for one work, in a temporary data directory on free ports and without a dashboard, and removed afterwards.</summary>
internal static class TemporaryLab
{
    /// <param name="refuse">What of the work cannot be done on this lab, told before anything is started.</param>
    /// <returns>Null where it ran and was stopped; an exit code where it could not run, or lost its orchestrator. What was refused has been told.</returns>
    public static async Task<int?> RunAsync(
        LabOptions options, Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task> removeVolumes, Func<LabSession, IReadOnlyList<string>> refuse,
        Func<IServiceProvider, CancellationToken, Task> work, CancellationToken stop)
    {
        LabDataDirectory directory = LabDataDirectory.Temporary();
        LabOptions temporary = options with
        {
            // Names of containers and volumes too are nobody else's.
            Name = Path.GetFileName(directory.Path),
            DataDirectory = directory.Path,
            PortBase = options.PortBase == 0 ? PortUse.FreeBase(options.BindAddress) : options.PortBase,
            Dashboard = new() { Enabled = false },
        };
        LabSession? lab = null;
        AppDomain.CurrentDomain.ProcessExit += Clear;
        try
        {
            (lab, IReadOnlyList<string> refusals) = await LabSession.OpenAsync(temporary, [], stop);
            if (lab is null)
                return LabCommands.Refuse(refusals);
            if (refuse(lab) is { Count: > 0 } impossible)
                return LabCommands.Refuse(impossible);
            int code = await LabHosting.RunAsync(lab, build, work);
            return code == OrchestratorWatch.ExitCode ? code : null;
        }
        finally
        {
            AppDomain.CurrentDomain.ProcessExit -= Clear;
            if (directory.Runtime == LabRuntime.Container)
                await removeVolumes(temporary, CancellationToken.None);
            Clear(null, EventArgs.Empty);
        }

        // Where the orchestrator is lost, this process ends without coming back to here.
        void Clear(object? sender, EventArgs e)
        {
            lab?.Dispose();
            try
            {
                if (Directory.Exists(directory.Path))
                    directory.Delete();
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // The next temporary lab removes it.
                LabTerminal.Error($"{directory.Path} was not removed: {refused.Message.TrimEnd('.')}.");
            }
        }
    }
}
