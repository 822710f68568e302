namespace CdcLab.AppHost.Commands;

/// <summary>A report as Markdown, with the sections 5.1 to 5.4 of the specification. Every figure comes from the one snapshot; what was not read is said to be not known.</summary>
internal sealed class VerifyMarkdown
{
    private const string NotKnown = "not known";

    // The specification's budget, not measurements.
    private const long SpecifiedMachine = 16 * ByteSize.GiB;
    private static readonly (string Name, long Cap)[] SpecifiedPhaseTwo = [("Debezium", 512 * ByteSize.MiB), ("Flink", 1536 * ByteSize.MiB), ("ClickHouse", 2 * ByteSize.GiB), ("Grafana", 256 * ByteSize.MiB)];

    private readonly LabReport _report;
    private readonly StringBuilder _text = new();

    private VerifyMarkdown(LabReport report) => _report = report;

    /// <summary>Renders it.</summary>
    public static string Render(LabReport report)
    {
        VerifyMarkdown markdown = new(report);
        markdown.Head();
        markdown.Verdicts();
        markdown.Heading("## 5. Verification results");
        markdown.Binlog();
        markdown.Kafka();
        markdown.Memory();
        markdown.Heading("### 5.4 Recovery from a broker's failure");
        markdown.Paragraph("Not measured: drills come later.");
        return markdown._text.ToString().TrimEnd() + "\n";
    }

    private void Head()
    {
        Heading("# CdcLab: verification report");
        Table(["", ""], _report.Head().Select(h => new[] { h.What, h.Value }));
        Paragraph("Everything runs on one machine: three replicas on one disk do not survive the disk, and a killed process leaves the page cache, so a missing fsync cannot be seen here.");
    }

    private void Verdicts()
    {
        Heading("## Verdicts");
        Paragraph(_report.Summary());
        foreach (Verdict root in _report.Roots())
        {
            Heading($"### {Word(root)}: {root.Id}");
            IReadOnlyList<Verdict> followers = _report.FollowersOf(root);
            (string, string?)[] items =
            [
                ("expected", root.Expected), ("found", root.Actual ?? NotKnown), ("because", root.Because), ("fix", root.Fix),
                ("follow from it", followers.Count == 0 ? null : $"{followers.Count} checks: {string.Join(", ", followers.Select(f => f.Id))}"),
            ];
            Table(["", ""], items.Where(i => i.Item2 is not null).Select(i => new[] { i.Item1, i.Item2! }));
        }

        Heading("### All checks");
        Table(["verdict", "check", "resource", "expected", "found"], _report.Checks.OrderBy(v => v.Outcome == Outcome.Ok ? 2 : v.Outcome == Outcome.Failed ? 0 : 1).Select(v => new[] { Word(v), v.Id, v.Resource, v.Expected, Found(v) }));
        if (_report.NotPossibleHere.Count == 0)
            return;
        Heading("### Not possible here");
        Table(["what", "why"], _report.NotPossibleHere.Select(n => new[] { n.Id, n.Reason }));
    }

    private void Binlog()
    {
        Heading("### 5.1 Binlog");
        Paragraph($"{_report.Figures?.MySql ?? "MySQL, version not known"}, as `SHOW GLOBAL VARIABLES` shows it:");
        HashSet<string> settings = [];
        Table(["variable", "value", "expected", "verdict"], MySqlSettings.Checked(new()).Select(s =>
        {
            settings.Add($"mysql.{s.Variable}");
            Verdict? verdict = _report.Checks.FirstOrDefault(c => c.Id == $"mysql.{s.Variable}");
            return new[] { s.Variable, verdict?.Actual ?? NotKnown, verdict?.Expected ?? NotKnown, verdict is null ? "not checked" : Word(verdict) };
        }));
        Checks(v => v.Id.StartsWith("mysql.", StringComparison.Ordinal) && !settings.Contains(v.Id));
    }

    private void Kafka()
    {
        Heading("### 5.2 Kafka cluster");
        Paragraph($"{_report.Figures?.Kafka ?? "Kafka, version not known"}. Brokers, leaders and replicas in sync are read from ZooKeeper's nodes.");
        if (_report.Cluster is { } cluster)
        {
            Table(["broker", "registered as", "leads", "controller"], cluster.Brokers.Select(b => new[] { $"{b.Id}", string.Join(", ", b.Endpoints), $"{b.Leads} partitions", b.IsController ? "yes" : "" }));
            Table(["topic", "partitions", "replicas", "in sync (fewest)", "under-replicated"], cluster.Topics.Select(t => new[] { t.Name, Number(t.Partitions), t.Replicas, Number(t.LeastInSync), Number(t.UnderReplicated) }));
        }
        else
        {
            Paragraph("Brokers and topics are not known: ZooKeeper could not be asked.");
        }

        Checks(v => v.Id.StartsWith("kafka", StringComparison.Ordinal) || v.Id.StartsWith("zookeeper", StringComparison.Ordinal));
        Paragraph("Latency of the verifier's own topic, from the intended send; acks=all. Only the shortest window is judged, the longer ones are figures.");
        Table(["latency", "window", "N", "p50 ms", "p95 ms", "p99 ms", "longest ms"], _report.Latencies.Select(l => new[]
        {
            l.Name, DurationText.ToText(l.Window), Number(l.Count), Milliseconds(l.P50Milliseconds), Milliseconds(l.P95Milliseconds), Milliseconds(l.P99Milliseconds), Milliseconds(l.MaxMilliseconds),
        }));
        Paragraph(_report.Probes is { } probes
            ? $"Probe messages since the verifier's start: {Number(probes.Seen)} seen, {Number(probes.Late)} late, {Number(probes.Duplicates)} duplicate, {Number(probes.Unknown)} neither acknowledged nor seen, {(probes.Lost is { } lost ? $"{Number(lost)} acknowledged but lost" : "loss cannot be judged on this Kafka")}."
            : "Probe messages: none were sent.");
    }

    private void Memory()
    {
        Heading("### 5.3 Integrated memory");
        if (_report.Figures is not { } figures)
        {
            Paragraph("Not known: the AppHost has sent no figures.");
            return;
        }

        Paragraph(figures.CapsNotEnforced is { } why
            ? $"**Caps not enforced**: {why} In use is anonymous memory, which cannot be given back."
            : "In use is anonymous memory, which cannot be given back; cached is page cache, which can, and which fills up to the cap without harm. The kernel enforces the caps.");
        Total used = Total.Of(figures.Resources.Select(r => r.Memory?.UsedBytes));
        Total cached = Total.Of(figures.Resources.Select(r => r.Memory?.CacheBytes));
        Total caps = Total.Of(figures.Resources.Where(r => r.Memory?.CapBytes is not null).Select(r => r.Memory!.CapBytes));
        Table(["component", "state", "cap", "in use", "share of cap", "cached", "peak", "OOM kills"],
        [
            .. figures.Resources.OrderBy(r => r.Name, StringComparer.Ordinal).Select(Row),
            ["**sum**", "", caps.Count == 0 ? "no cap" : caps.ToString(), used.ToString(), "", cached.ToString(), "", Total.Of(figures.Resources.Select(r => r.Memory?.OomKills)).ToString(Number)],
        ]);
        Paragraph($"This machine has {Size(_report.MachineBytes)} (measured). The AppHost's own processes (AppHost, orchestrator, monitors, dashboard; each shared page counted once) take {Size(figures.HostBytes)} (measured in this run).");
        Budget(figures, used, caps);
    }

    private void Budget(LabFigures figures, Total used, Total caps)
    {
        Paragraph("The budget of the specification's machine. Its 16 GiB and Phase 2's caps are the specification's figures, not measurements; in use, caps and the host are from this run.");
        Total host = Total.Of([figures.HostBytes]);
        Total phaseTwo = Total.Of(SpecifiedPhaseTwo.Select(p => (long?)p.Cap));
        List<string[]> rows =
        [
            ["the specification's machine", ByteSize.ToMiB(SpecifiedMachine)],
            ["left beside servers and services, by use now", Left(used)],
            ["left beside the AppHost's own processes too", Left(used + host)],
            [$"left when Phase 2 has filled its caps too ({string.Join(", ", SpecifiedPhaseTwo.Select(p => $"{p.Name} {ByteSize.ToMiB(p.Cap)}"))})", Left(used + host + phaseTwo)],
        ];
        if (caps.Count > 0)
        {
            // What has no cap counts by its use.
            Total full = caps + Total.Of(figures.Resources.Where(r => r.Memory?.CapBytes is null).Select(r => r.Memory?.UsedBytes)) + host;
            rows.Add(["left when every server has filled its cap, beside services and the AppHost's own processes", Left(full)]);
            rows.Add(["the same with Phase 2", Left(full + phaseTwo)]);
        }

        Table(["", "memory"], rows);
    }

    private static string Left(Total taken) => $"{(taken.Unknown == 0 ? "" : "at most ")}{ByteSize.ToMiB(SpecifiedMachine - taken.Known)}{(taken.Unknown == 0 ? "" : $" ({taken.Unknown} not known)")}";

    private static string[] Row(ResourceFigures resource)
    {
        MemoryFigures? memory = resource.Memory;
        return
        [
            resource.Name,
            resource.Ended is { } ended ? $"{resource.State}: {ended}" : resource.State,
            memory is null ? NotKnown : memory.CapBytes is { } cap ? ByteSize.ToMiB(cap) : "no cap",
            Size(memory?.UsedBytes),
            memory is { CapBytes: { } whole, UsedBytes: { } used } ? string.Create(CultureInfo.InvariantCulture, $"{100.0 * used / whole:F0} %") : "-",
            Size(memory?.CacheBytes),
            Size(memory?.PeakBytes),
            Number(memory?.OomKills),
        ];
    }

    private void Checks(Func<Verdict, bool> which) => Table(["check", "found", "expected", "verdict"], _report.Checks.Where(which).Select(v => new[] { v.Id, Found(v), v.Expected, Word(v) }));

    private string Found(Verdict verdict) =>
        verdict.Outcome != Outcome.Ok && _report.RootOf(verdict) is var root && root != verdict ? $"follows from {root.Id}" : verdict.Actual ?? verdict.Because ?? NotKnown;

    private static string Word(Verdict verdict) => verdict.Outcome.ToString().ToLowerInvariant();

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.ToMiB(known) : NotKnown;

    private static string Number(long? value) => ReportExtensions.Number(value);

    private static string Milliseconds(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";

    private void Heading(string text) => _text.Append(text).Append("\n\n");

    private void Paragraph(string text) => _text.Append(text).Append("\n\n");

    private void Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [.. rows];
        if (all.Length == 0)
            return;
        foreach (IReadOnlyList<string> row in (IReadOnlyList<string>[])[heads, [.. heads.Select(_ => "---")], .. all])
            _text.Append('|').AppendJoin("|", row.Select(cell => $" {Cell(cell)} ")).Append("|\n");
        _text.Append('\n');
    }

    private static string Cell(string text) => string.Concat(text.ReplaceLineEndings(" ").Select(c => char.IsControl(c) ? ' ' : c)).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>A sum over figures of which some may not have been read.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private readonly record struct Total(long Known, int Unknown, int Count)
    {
        public static Total Of(IEnumerable<long?> figures)
        {
            long?[] all = [.. figures];
            return new(all.Sum(f => f ?? 0), all.Count(f => f is null), all.Length);
        }

        public static Total operator +(Total a, Total b) => new(a.Known + b.Known, a.Unknown + b.Unknown, a.Count + b.Count);

        public override string ToString() => ToString(n => ByteSize.ToMiB(n ?? 0));

        public string ToString(Func<long?, string> format) => Unknown == 0 ? format(Known) : Unknown == Count ? NotKnown : $"at least {format(Known)} ({Unknown} not known)";
    }
}
