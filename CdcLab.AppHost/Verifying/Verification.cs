using System.Diagnostics;
using System.Text.Json;
using CdcLab.AppHost.Output;
using CdcLab.Clients.Control;
using CdcLab.Clients.Verdicts;
using CdcLab.Model.Live;

namespace CdcLab.AppHost.Verifying;

/// <summary>Lets a running lab work a little, waits for its verdicts, prints and writes them.</summary>
internal static class Verification
{
    /// <summary>How long a verdict that is not ok may take to settle in a lab that has just come up: 20 probe messages are asked for, and its first ones are slow.</summary>
    public static readonly TimeSpan OwnLabLimit = TimeSpan.FromSeconds(60);

    /// <summary>The same in a lab that ran already: what is not ok there is meant to be seen, not waited for.</summary>
    public static readonly TimeSpan AttachedLimit = TimeSpan.FromSeconds(20);

    /// <summary>Of a lab with a host.</summary>
    public static async Task<int> RunAsync(RunningLab lab, ReportFiles files, TimeSpan settleLimit, CancellationToken cancellationToken)
    {
        using VerdictsClient verdicts = lab.Verdicts();
        using ControlClient control = lab.Control();
        return await RunAsync(verdicts, control.ListAsync, files, settleLimit, cancellationToken);
    }

    /// <summary>Of any lab that a verifier looks at.</summary>
    public static async Task<int> RunAsync(VerdictsClient verdicts, Func<CancellationToken, Task<IReadOnlyList<ResourceState>>> list, ReportFiles files, TimeSpan settleLimit, CancellationToken cancellationToken)
    {
        LabReport report = await SettledAsync(verdicts, settleLimit, cancellationToken);
        report = report with { Resources = await list(cancellationToken) };
        VerdictTable.Print(report);
        if (files.Markdown is not null)
        {
            await File.WriteAllTextAsync(files.Markdown, await verdicts.MarkdownAsync(cancellationToken), cancellationToken);
            Terminal.Line($"Report: {Path.GetFullPath(files.Markdown)}");
        }

        string json = JsonSerializer.Serialize(report, LabJson.Indented);
        if (files.Json == "-")
            Terminal.Data(json);
        else if (files.Json is not null)
            await File.WriteAllTextAsync(files.Json, json + "\n", cancellationToken);
        return report.Checks.Count > 0 && report.Checks.All(c => c.Outcome == Outcome.Ok) ? ExitCodes.Ok : ExitCodes.NotOk;
    }

    private static async Task<LabReport> SettledAsync(VerdictsClient verdicts, TimeSpan limit, CancellationToken cancellationToken)
    {
        Terminal.Line($"Looking until every check is ok, for {limit.TotalSeconds:0} s at most ...");
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            LabReport report = await verdicts.VerifyAsync(cancellationToken);
            int open = report.Checks.Count(c => c.Outcome != Outcome.Ok);
            if ((report.Checks.Count > 0 && open == 0) || Stopwatch.GetElapsedTime(start) > limit)
                return report;
            Terminal.Transient($"{report.Checks.Count - open} of {report.Checks.Count} checks are ok; waiting for {report.Checks.FirstOrDefault(c => c.Outcome != Outcome.Ok)?.Id}");
            await Task.Delay(500, cancellationToken);
        }
    }
}
