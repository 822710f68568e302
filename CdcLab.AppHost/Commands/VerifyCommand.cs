using System.CommandLine;
using CdcLab.AppHost.Lab;
using CdcLab.Clients.Verifier;

namespace CdcLab.AppHost.Commands;

/// <summary><c>verify</c>: proves that the promises hold, on the lab that runs, or on a temporary one.</summary>
internal sealed class VerifyCommand(LabOptions options, Func<LabSession, DistributedApplication> build, Func<LabOptions, CancellationToken, Task> removeVolumes)
{
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
            VerifyFiles.Of(parsed.GetValue(report), parsed.GetValue(json), parsed.GetValue(junit), LabDataDirectory.Of(options).Path), parsed.GetValue(limit), stop));
        return command;
    }

    private async Task<int> RunAsync(OutputFiles<LabReport> files, double limitMinutes, CancellationToken stop)
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
        LabTerminal.Line(VerifyText.Render(report, TextBlock.TerminalWidth, TextBlock.TerminalHasColors));
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
        if (!report.IsAllOk)
            LabTerminal.Line($"Not all is ok: it looks again for {AttachedLimit.TotalSeconds:0} s, or until all is.");
        while (!report.IsAllOk && Stopwatch.GetElapsedTime(start) < AttachedLimit)
        {
            await Task.Delay(Pause, stop);
            report = await client.ReportAsync(stop);
        }

        return (report, ExitCodes.Ok);
    }

    private async Task<(LabReport? Report, int Code)> TemporaryAsync(TimeSpan limit, CancellationToken stop)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(limit);
        (LabReport? settled, string notOk) = (null, "");
        int? code = await TemporaryLab.RunAsync(options, build, removeVolumes, _ => [], async (services, stopping) =>
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(stopping, end.Token);
            (settled, notOk) = await SettledAsync(services, either.Token);
        }, stop);
        if (settled is not null)
            return (settled with { Lab = "temporary" }, ExitCodes.Ok);
        if (code is { } told)
            return (null, told);
        return (null, LabCommands.Refuse([end.IsCancellationRequested
            ? $"There were no lasting verdicts within {limit.TotalMinutes:0.##} minutes; last not ok: {notOk}. Look at it with `run`, or give it more time with --limit MINUTES."
            : "The lab was stopped before there were verdicts."]));
    }

    /// <summary>Waits until all is ok, or nothing changes any more.</summary>
    internal static Task<(LabReport? Report, string NotOk)> SettledAsync(IServiceProvider services, CancellationToken stop)
    {
        (VerdictFeed feed, ResourceWatch watch) = (services.GetRequiredService<VerdictFeed>(), services.GetRequiredService<ResourceWatch>());
        return SettledAsync(() => feed.Report, () => watch.IsSettled, () => watch.States, stop);
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
