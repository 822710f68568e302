using CdcLab.AppHost.Drills;
using static CdcLab.AppHost.Commands.ReportRows;

namespace CdcLab.AppHost.Commands;

/// <summary>A report as Markdown, with the sections 5.1 to 5.4 of the specification, and 5.5 of its second phase. Every figure comes from the one snapshot; what was not read is said to be not known.</summary>
internal static class VerifyMarkdown
{
    // The specification's budget, not measurements.
    private const long SpecifiedMachine = 16 * ByteSize.GiB;
    private const string ToConsumer = "commit-to-consumer";
    private static readonly string[] LatencyHeads = ["latency", "window", "N", "p50 ms", "p95 ms", "p99 ms", "longest ms"];
    private static readonly (string Name, long Cap)[] SpecifiedPhaseTwo = [("Debezium", 512 * ByteSize.MiB), ("Flink", 1536 * ByteSize.MiB), ("ClickHouse", 2 * ByteSize.GiB), ("Grafana", 256 * ByteSize.MiB)];

    public static string Render(LabReport report, IReadOnlyList<DrillOutcome> drills) => Join([
        "# CdcLab: verification report",
        Table(["", ""], report.Head().Select(h => new[] { h.Label, h.Value })),
        "Everything runs on one machine: three replicas on one disk do not survive the disk, and a killed process leaves the page cache, so a missing fsync cannot be seen here.",
        "## Verdicts",
        .. Verdicts(report),
        "## 5. Verification results",
        "### 5.1 Binlog",
        .. Binlog(report),
        "### 5.2 Kafka cluster",
        .. Kafka(report),
        "### 5.3 Integrated memory",
        .. report.Figures is { } figures ? Memory(report, figures) : ["Not known: the AppHost has sent no figures."],
        "### 5.4 Recovery from a broker's failure",
        DrillMarkdown.RenderResults(drills),
        "### 5.5 Change data capture",
        .. Changes(report),
    ]);

    public static string RenderVerdicts(LabReport report) => Join(Verdicts(report));

    // Nothing where it has no row.
    public static string Table(string[] heads, IEnumerable<string[]> rows)
    {
        string[][] all = [heads, [.. heads.Select(_ => "---")], .. rows];
        return all.Length == 2 ? "" : string.Join('\n', all.Select(row => $"| {string.Join(" | ", row.Select(cell => Plain(cell).Replace("|", "\\|", StringComparison.Ordinal)))} |"));
    }

    private static string Join(IEnumerable<string> blocks) => string.Join("\n\n", blocks.Where(b => b.Length > 0)) + "\n";

    private static IEnumerable<string> Verdicts(LabReport report)
    {
        yield return report.Summary();
        foreach (Verdict root in report.Roots())
        {
            yield return $"### {Word(root)}: {root.Id}";
            yield return Table(["", ""], report.Cause(root).Select(i => new[] { i.Label, i.Value }));
        }

        yield return "### All checks";
        yield return Table(["verdict", "check", "resource", "expected", "found"], report.Checks.OrderBy(v => v.Outcome switch { Outcome.Failed => 0, Outcome.Unknown => 1, _ => 2 })
            .Select(v => new[] { Word(v), v.Id, v.Resource, v.Expected, report.Found(v) }));
        if (report.NotPossibleHere.Count > 0)
            yield return "### Not possible here";
        yield return Table(["what", "why"], report.NotPossibleHere.Select(n => new[] { n.Id, n.Reason }));
    }

    private static IEnumerable<string> Binlog(LabReport report)
    {
        yield return $"{report.Figures?.MySql ?? "MySQL, version not known"}, as `SHOW GLOBAL VARIABLES` shows it:";
        yield return Table(["variable", "value", "expected", "verdict"], MySqlSettings.Checked(new()).Select(s => report.Checks.FirstOrDefault(c => c.Id == $"mysql.{s.Variable}") is { } v
            ? new[] { s.Variable, v.Actual ?? NotKnown, v.Expected, Word(v) }
            : [s.Variable, NotKnown, NotKnown, "not checked"]));
    }

    private static IEnumerable<string> Kafka(LabReport report)
    {
        yield return $"{report.Figures?.Kafka ?? "Kafka, version not known"}. Brokers, leaders and replicas in sync are read from ZooKeeper's nodes.";
        if (report.Cluster is null)
            yield return "Brokers and topics are not known: ZooKeeper could not be asked.";
        yield return Table(["broker", "registered as", "leads", "controller"], (report.Cluster?.Brokers ?? []).Select(b => new[] { $"{b.Id}", string.Join(", ", b.Endpoints), $"{b.Leads} partitions", b.IsController ? "yes" : "" }));
        yield return Table(["topic", "partitions", "replicas", "in sync (fewest)", "under-replicated"], (report.Cluster?.Topics ?? []).Select(t => new[] { t.Name, Number(t.Partitions), t.Replicas, Number(t.LeastInSync), Number(t.UnderReplicated) }));
        yield return "Latency of the verifier's own topic, from the intended send; acks=all. Only the shortest window is judged, the longer ones are figures.";
        yield return Table(LatencyHeads, report.Latencies.Where(l => l.Name != ToConsumer).OrderBy(l => l.Name, StringComparer.Ordinal).Select(Latency));
        yield return report.Probes is { } probes
            ? $"Probe messages since the verifier's start: {Number(probes.Seen)} seen, {Number(probes.Late)} late, {Number(probes.Duplicates)} duplicate, {Number(probes.Unknown)} neither acknowledged nor seen, {(probes.Lost is { } lost ? $"{Number(lost)} acknowledged but lost" : "loss cannot be judged on this Kafka")}."
            : "Probe messages: none were sent.";
    }

    private static IEnumerable<string> Changes(LabReport report)
    {
        Verdict[] checks = [.. report.Checks.Where(c => c.Resource is ResourceNames.Connect or ResourceNames.OrdersCdc)];
        if (checks.Length == 0)
        {
            yield return report.NotPossibleHere.FirstOrDefault(n => n.Id == Lab.DebeziumExtensions.WhatNeedsIt)?.Reason ?? "Debezium was not started.";
            yield break;
        }

        yield return "From MySQL's binlog by Debezium to a consumer, row by row: the market's ledger has every commit, and the consumer is the verifier's own.";
        yield return Table(["check", "found", "verdict"], checks.Select(c => new[] { c.Id, report.Found(c), Word(c) }));
        yield return Table(LatencyHeads, report.Latencies.Where(l => l.Name == ToConsumer).Select(Latency));
    }

    private static string[] Latency(LatencyFigures l) =>
        [l.Name, DurationText.ToText(l.Window), Number(l.Count), Milliseconds(l.P50Milliseconds), Milliseconds(l.P95Milliseconds), Milliseconds(l.P99Milliseconds), Milliseconds(l.MaxMilliseconds)];

    private static IEnumerable<string> Memory(LabReport report, LabFigures figures)
    {
        yield return figures.CapsNotEnforced is { } why
            ? $"**Caps not enforced**: {why} In use is anonymous memory, which cannot be given back."
            : "In use is anonymous memory, which cannot be given back; cached is page cache, which can, and which fills up to the cap without harm. The kernel enforces the caps.";
        // What was never started takes none, and a connector is a part of its worker.
        ResourceFigures[] all = [.. figures.Resources.Where(r => r.State != "NotStarted" && r.Name != ResourceNames.OrdersCdc).OrderBy(r => r.Name, StringComparer.Ordinal)];
        ResourceFigures[] capped = [.. all.Where(r => r.Memory?.CapBytes is not null)];
        long?[] used = [.. all.Select(r => r.Memory?.UsedBytes)];
        long?[] caps = [.. capped.Select(r => r.Memory!.CapBytes)];
        yield return Table(["component", "state", "cap", "in use", "share of cap", "cached", "peak", "OOM kills"],
        [
            .. all.Select(Row),
            ["**sum**", "", caps.Length == 0 ? "no cap" : Sum(caps, Size), Sum(used, Size), "", Sum(all.Select(r => r.Memory?.CacheBytes), Size), "", Sum(all.Where(r => r.Memory is not { CapBytes: null }).Select(r => r.Memory?.OomKills), Number)],
        ]);
        yield return $"This machine has {Size(report.MachineBytes)} (measured). The AppHost's own processes (AppHost, orchestrator, monitors, dashboard; each shared page counted once) take {Size(figures.HostBytes)} (measured in this run).";
        yield return "The budget of the specification's machine. Its 16 GiB and Phase 2's caps are the specification's figures, not measurements; in use, caps and the host are from this run.";
        // What has no cap counts by its use.
        long?[] full = [.. caps, .. all.Except(capped).Select(r => r.Memory?.UsedBytes), figures.HostBytes];
        (string Name, long Cap)[] toCome = [.. SpecifiedPhaseTwo.Where(p => p.Name != "Debezium" || all.All(r => r.Name != ResourceNames.Connect))];
        long?[] phaseTwo = [.. toCome.Select(p => (long?)p.Cap)];
        yield return Table(["", "memory"],
        [
            ["the specification's machine", Size(SpecifiedMachine)],
            ["left beside servers and services, by use now", Left(used)],
            ["left beside the AppHost's own processes too", Left([.. used, figures.HostBytes])],
            [$"left when Phase 2 has filled its caps too ({string.Join(", ", toCome.Select(p => $"{p.Name} {Size(p.Cap)}"))})", Left([.. used, figures.HostBytes, .. phaseTwo])],
            .. caps.Length == 0 ? Array.Empty<string[]>() : [["left when every server has filled its cap, beside services and the AppHost's own processes", Left(full)], ["the same with Phase 2", Left([.. full, .. phaseTwo])]],
        ]);
    }

    private static string[] Row(ResourceFigures resource)
    {
        MemoryFigures? memory = resource.Memory;
        return
        [
            resource.Name,
            resource.Ended is { } ended ? $"{resource.State}: {ended}" : resource.State,
            memory is { CapBytes: null } ? "no cap" : Size(memory?.CapBytes),
            Size(memory?.UsedBytes),
            memory is { CapBytes: { } whole, UsedBytes: { } used } ? string.Create(CultureInfo.InvariantCulture, $"{100.0 * used / whole:F0} %") : "-",
            Size(memory?.CacheBytes),
            Size(memory?.PeakBytes),
            // The kernel counts them in the group of a cap.
            memory is { CapBytes: null } ? "-" : Number(memory?.OomKills),
        ];
    }

    // Of figures of which some may not have been read.
    private static string Sum(IEnumerable<long?> figures, Func<long?, string> format)
    {
        long?[] all = [.. figures];
        int unknown = all.Count(f => f is null);
        return all.Length == 0 ? "-" : unknown == 0 ? format(all.Sum()) : unknown == all.Length ? NotKnown : $"at least {format(all.Sum())} ({unknown} not known)";
    }

    private static string Left(long?[] taken)
    {
        int unknown = taken.Count(t => t is null);
        return $"{(unknown == 0 ? "" : "at most ")}{Size(SpecifiedMachine - taken.Sum())}{(unknown == 0 ? "" : $" ({unknown} not known)")}";
    }

    private static string Word(Verdict verdict) => verdict.Outcome.ToString().ToLowerInvariant();

    private static string Milliseconds(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";
}
