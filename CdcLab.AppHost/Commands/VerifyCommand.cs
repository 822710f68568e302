using System.CommandLine;
using CdcLab.AppHost.Lab;
using CdcLab.Clients.Verifier;

namespace CdcLab.AppHost.Commands;

/// <summary><c>verify</c>: proves that the promises hold, on the lab that runs, or on a temporary one.</summary>
/// <param name="build">Adds the lab's resources to an application and builds it.</param>
/// <param name="removeVolumes">Deletes the volumes of the lab's containers; null where there are none.</param>
internal sealed class VerifyCommand(Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task>? removeVolumes)
{
    private const int PipeWidth = 100;
    private const int LeastWidth = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A verdict of a lab that ran already is meant to be seen, not waited for; one that has just come up needs 20 probe messages first.
    private static readonly TimeSpan AttachedLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TemporaryLimit = TimeSpan.FromSeconds(60);

    /// <summary>The command.</summary>
    /// <param name="withOptions">Reads the options and runs what is given with them.</param>
    public Command ToCommand(Func<Func<LabOptions, Task<int>>, Task<int>> withOptions)
    {
        Option<string?> report = new("--report") { Description = "Write a Markdown report into this file.", HelpName = "FILE" };
        Option<string?> json = new("--json") { Description = "Write the report as JSON into this file.", HelpName = "FILE" };
        Option<string?> junit = new("--junit") { Description = "Write the verdicts as JUnit XML into this file.", HelpName = "FILE" };
        Command command = new("verify", "Check every promise of the lab that runs, or else of a temporary lab that is started for it and removed afterwards.\nExit codes: 0 all ok, 1 something failed or is unknown, 2 could not run, 3 the orchestrator was lost.") { report, json, junit };
        command.SetAction((parsed, stop) => withOptions(options => RunAsync(options, new(parsed.GetValue(report), parsed.GetValue(json), parsed.GetValue(junit)), stop)));
        return command;
    }

    private async Task<int> RunAsync(LabOptions options, VerifyFiles files, CancellationToken stop)
    {
        if (files.Problem() is { } problem)
            return LabCommands.Refuse([problem]);
        LabDataDirectory directory = LabDataDirectory.Of(options);
        try
        {
            LabReport? report = directory.IsHeld ? await AttachAsync(directory, stop) : await TemporaryAsync(options, stop);
            if (report is null)
                return ExitCodes.CouldNotRun;
            LabTerminal.Line(VerifyText.Render(report, Width(), ansi: !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or ""));
            foreach (string path in files.Write(report))
                LabTerminal.Line($"Written: {path}");
            return report.IsAllOk ? ExitCodes.Ok : ExitCodes.NotOk;
        }
        catch (Exception failed) when (failed is VerifierException or IOException)
        {
            return LabCommands.Refuse([failed.Message]);
        }
    }

    private static async Task<LabReport?> AttachAsync(LabDataDirectory directory, CancellationToken stop)
    {
        if (directory.Running is not { } run)
        {
            LabCommands.Refuse([$"A lab is about to start in {directory.Path}; try again when it is up"]);
            return null;
        }

        LabTerminal.Line($"Verifying the lab that runs in {directory.Path} (process {run.Pid}).");
        using VerifierClient client = new(run.Verifier, directory.Secrets?.Token);
        long start = TimeProvider.System.GetTimestamp();
        LabReport report = directory.Secrets is null ? await client.ReportAsync(stop) : await client.LookAsync(stop);
        while (!report.IsAllOk && TimeProvider.System.GetElapsedTime(start) < AttachedLimit)
        {
            await Task.Delay(Pause, stop);
            report = await client.ReportAsync(stop);
        }

        return report;
    }

    private async Task<LabReport?> TemporaryAsync(LabOptions options, CancellationToken stop)
    {
        LabDataDirectory directory = LabDataDirectory.Temporary();
        options = options with
        {
            // Names of containers and volumes too are nobody else's.
            Name = Path.GetFileName(directory.Path),
            DataDirectory = directory.Path,
            PortBase = options.PortBase == 0 ? PortUse.FreeBase() : options.PortBase,
            Dashboard = new() { Enabled = false },
        };
        LabReport? settled = null;
        try
        {
            (LabSession? lab, IReadOnlyList<string> refusals) = await LabSession.OpenAsync(options, [], stop);
            if (lab is null)
            {
                LabCommands.Refuse(refusals);
                return null;
            }

            using (lab)
                await LabHosting.RunAsync(lab, build, async (services, stopping) => settled = await SettledAsync(services, stopping));
            if (settled is null)
                LabCommands.Refuse(["The lab was stopped before there were verdicts"]);
            return settled;
        }
        finally
        {
            if (directory.Runtime == LabRuntime.Container && removeVolumes is not null)
                await removeVolumes(options, CancellationToken.None);
            if (Directory.Exists(directory.Path))
                directory.Delete();
        }
    }

    // All ok, or no resource has changed its state for a minute: a fetch, a start and a death are changes.
    private static async Task<LabReport> SettledAsync(IServiceProvider services, CancellationToken stop)
    {
        VerdictFeed feed = services.GetRequiredService<VerdictFeed>();
        ResourceWatch watch = services.GetRequiredService<ResourceWatch>();
        long changed = TimeProvider.System.GetTimestamp();
        string states = "";
        while (true)
        {
            await Task.Delay(Pause, stop);
            string now = string.Join(' ', watch.Now.Values.OrderBy(r => r.Resource.Name, StringComparer.Ordinal).Select(r => $"{r.Resource.Name}:{r.State}"));
            if (now != states)
                (states, changed) = (now, TimeProvider.System.GetTimestamp());
            if (feed.Report is { } report && (report.IsAllOk || TimeProvider.System.GetElapsedTime(changed) > TemporaryLimit))
                return report;
        }
    }

    private static int Width()
    {
        try
        {
            return Console.IsOutputRedirected || Console.WindowWidth <= 0 ? PipeWidth : Math.Max(LeastWidth, Console.WindowWidth);
        }
        catch (IOException)
        {
            // No terminal after all.
            return PipeWidth;
        }
    }
}
