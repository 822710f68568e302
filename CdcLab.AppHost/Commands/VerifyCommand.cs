using System.CommandLine;
using CdcLab.AppHost.Lab;
using CdcLab.Clients.Verifier;
using Spectre.Console;

namespace CdcLab.AppHost.Commands;

/// <summary><c>verify</c>: proves that the promises hold, on the lab that runs, or on a temporary one.</summary>
internal sealed class VerifyCommand(LabOptions options, Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task> removeVolumes)
{
    private const int PipeWidth = 100;
    private const int LeastWidth = 60;
    private const int DefaultLimitMinutes = 15;
    private const int LongestLimitMinutes = 24 * 60;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A verdict of a lab that ran already is meant to be seen, not waited for.
    private static readonly TimeSpan AttachedLimit = TimeSpan.FromSeconds(20);

    public static Command Create(LabOptions options, Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task> removeVolumes)
    {
        Option<string?> report = new("--report") { Description = "Write a Markdown report into this file.", HelpName = "FILE" };
        Option<string?> json = new("--json") { Description = "Write the report as JSON into this file.", HelpName = "FILE" };
        Option<string?> junit = new("--junit") { Description = "Write the verdicts as JUnit XML into this file.", HelpName = "FILE" };
        Option<double> limit = new("--limit") { Description = "Give a temporary lab up after this time, what it fetches included.", HelpName = "MINUTES", DefaultValueFactory = _ => DefaultLimitMinutes };
        Command command = new("verify", "Check every promise of the lab that runs, or else of a temporary lab that is started for it and removed afterwards.\nExit codes: 0 all ok, 1 something failed or is unknown, 2 could not run, 3 the orchestrator was lost.") { report, json, junit, limit };
        command.SetAction((parsed, stop) => new VerifyCommand(options, build, removeVolumes).RunAsync(
            new(parsed.GetValue(report), parsed.GetValue(json), parsed.GetValue(junit)), parsed.GetValue(limit), stop));
        return command;
    }

    private async Task<int> RunAsync(VerifyFiles files, double limitMinutes, CancellationToken stop)
    {
        if (limitMinutes is not (> 0 and <= LongestLimitMinutes))
            return LabCommands.Refuse([$"--limit {limitMinutes}: is a number of minutes, more than 0 and at most {LongestLimitMinutes}"]);
        if (files.Problem() is { } problem)
            return LabCommands.Refuse([problem]);
        LabDataDirectory directory = LabDataDirectory.Of(options);
        if (options.DataDirectory is not null && !directory.IsHeld && directory.Problem() is { } fault)
            return LabCommands.Refuse([new OptionFault("Lab:DataDirectory", directory.Path, fault).ToString()]);
        (LabReport? report, int code) = directory.IsHeld ? await AttachAsync(directory, stop) : await TemporaryAsync(TimeSpan.FromMinutes(limitMinutes), stop);
        if (report is null)
            return code;
        int width = Console.IsOutputRedirected ? PipeWidth : Math.Max(LeastWidth, AnsiConsole.Profile.Width);
        LabTerminal.Line(VerifyText.Render(report, width, AnsiConsole.Profile.Capabilities is { Ansi: true, ColorSystem: not ColorSystem.NoColors }));
        foreach (string path in files.Write(report))
            LabTerminal.Line($"Written: {path}");
        return report.IsAllOk ? ExitCodes.Ok : ExitCodes.NotOk;
    }

    private static async Task<(LabReport? Report, int Code)> AttachAsync(LabDataDirectory directory, CancellationToken stop)
    {
        if (directory.Running is not { } run)
            return (null, LabCommands.Refuse([$"A lab is about to start in {directory.Path}; try again when it is up"]));
        LabTerminal.Line($"Verifying the lab that runs in {directory.Path} (process {run.Pid}).");
        using VerifierClient client = new(run.Verifier, directory.Secrets?.Token);
        long start = Stopwatch.GetTimestamp();
        LabReport report = directory.Secrets is null ? await client.ReportAsync(stop) : await client.LookAsync(stop);
        while (!report.IsAllOk && Stopwatch.GetElapsedTime(start) < AttachedLimit)
        {
            await Task.Delay(Pause, stop);
            report = await client.ReportAsync(stop);
        }

        return (report, ExitCodes.Ok);
    }

    private async Task<(LabReport? Report, int Code)> TemporaryAsync(TimeSpan limit, CancellationToken stop)
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
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(limit);
        LabSession? lab = null;
        AppDomain.CurrentDomain.ProcessExit += Clear;
        try
        {
            (lab, IReadOnlyList<string> refusals) = await LabSession.OpenAsync(temporary, [], stop);
            if (lab is null)
                return (null, LabCommands.Refuse(refusals));
            (LabReport? settled, string notOk) = (null, "");
            int code = await LabHosting.RunAsync(lab, build, async (services, stopping) =>
            {
                VerdictFeed feed = services.GetRequiredService<VerdictFeed>();
                ResourceWatch watch = services.GetRequiredService<ResourceWatch>();
                using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stopping, end.Token);
                (settled, notOk) = await SettledAsync(() => feed.Report, () => watch.IsSettled, () => watch.States, either.Token);
            });
            if (settled is not null)
                return (settled with { Lab = "temporary" }, ExitCodes.Ok);
            if (code == OrchestratorWatch.ExitCode)
                return (null, code);
            return (null, LabCommands.Refuse([end.IsCancellationRequested
                ? $"There were no lasting verdicts within {limit.TotalMinutes:0.##} minutes; last not ok: {notOk}. Look at it with `run`, or give it more time with --limit MINUTES."
                : "The lab was stopped before there were verdicts."]));
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
            if (Directory.Exists(directory.Path))
                directory.Delete();
        }
    }

    // All ok, or nothing changes any more. Without a report when it is stopped: what was last not ok.
    internal static async Task<(LabReport? Report, string NotOk)> SettledAsync(Func<LabReport?> report, Func<bool> isSettled, Func<string> states, CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(Pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            LabReport? last = report();
            if (last is not null && (last.IsAllOk || isSettled()))
                return (last, "");
            if (stop.IsCancellationRequested)
                return (null, last is null ? $"no report yet ({states()})" : string.Join(", ", last.Roots().Select(r => $"{r.Id} ({last.Found(r)})")));
        }
    }
}
