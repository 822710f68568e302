using System.Diagnostics.Metrics;

namespace CdcLab.Verifier.Telemetry;

/// <summary>What the verifier tells as metrics, by OpenTelemetry's conventions: names with dots, units of UCUM. What is observed is what the checks saw last;
/// nothing is asked for a metric's sake, and what was not seen lately has no value.</summary>
internal sealed class VerifierFigures
{
    public const string SourceName = "CdcLab.Verifier";

    // From what a cluster on loopback takes to what a broker's loss costs.
    private static readonly double[] Seconds =
        [0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 3, 5, 7, 10];

    private readonly Meter _meter;
    private readonly Histogram<double> _toAck;
    private readonly Histogram<double> _toConsume;

    public VerifierFigures(IMeterFactory meters)
    {
        _meter = meters.Create(SourceName);
        InstrumentAdvice<double> advice = new() { HistogramBucketBoundaries = Seconds };
        const string From = "From a probe message's intended send to its";
        _toAck = _meter.CreateHistogram("cdclab.probe.ack.duration", "s", $"{From} acknowledgement by all replicas in sync.", advice: advice);
        _toConsume = _meter.CreateHistogram("cdclab.probe.consume.duration", "s", $"{From} consumer.", advice: advice);
    }

    public void Acknowledged(TimeSpan latency) => _toAck.Record(latency.TotalSeconds);

    public void Consumed(TimeSpan latency) => _toConsume.Record(latency.TotalSeconds);

    public void Observe(CheckRunner runner, ClusterSource source, FiguresStore figures)
    {
        _meter.CreateObservableUpDownCounter("cdclab.verdicts", () => Verdicts(runner.Latest()), "{verdict}", "Verdicts by outcome.");
        Count("kafka.brokers", "{broker}", "Brokers that are registered.", c => c.Brokers.Count);
        Count("kafka.partition.under_replicated", "{partition}", "Partitions that lack a replica in sync.", c => c.Partitions.Count(p => p.IsUnderReplicated));
        Count("kafka.partition.offline", "{partition}", "Partitions that nobody leads.", c => c.Partitions.Count(p => p.Leader is null));
        const string InSyncText = "The smallest number of replicas in sync (ISR) among a topic's partitions.";
        _meter.CreateObservableGauge("kafka.partition.replicas_in_sync", () => InSync(source.Last), "{replica}", InSyncText);
        const string UsageText = "Memory that a server cannot give back (page cache left out).";
        _meter.CreateObservableGauge("cdclab.memory.usage", () => Memory(figures.Fresh, m => m.UsedBytes), "By", UsageText);
        _meter.CreateObservableGauge("cdclab.memory.limit", () => Memory(figures.Fresh, m => m.CapBytes), "By", "A server's memory cap.");

        void Count(string name, string unit, string text, Func<ClusterState, int> count) =>
            _meter.CreateObservableUpDownCounter(name, () => source.Last is { } cluster ? [new(count(cluster))] : Array.Empty<Measurement<int>>(), unit, text);
    }

    private static IEnumerable<Measurement<int>> Verdicts(IReadOnlyList<Verdict> verdicts) => Enum.GetValues<Outcome>().Select(outcome =>
        new Measurement<int>(verdicts.Count(v => v.Outcome == outcome), Tag("cdclab.verdict.outcome", outcome.ToString().ToLowerInvariant())));

    private static IEnumerable<Measurement<int>> InSync(ClusterState? cluster) =>
        cluster?.Topics.Select(t => new Measurement<int>(t.Min(p => p.InSync.Count), Tag("messaging.destination.name", t.Key))) ?? [];

    private static IEnumerable<Measurement<long>> Memory(LabFigures? figures, Func<MemoryFigures, long?> figure) =>
        from resource in figures?.Resources ?? []
        let bytes = resource.Memory is { } memory ? figure(memory) : null
        where bytes is not null
        select new Measurement<long>(bytes.Value, Tag("cdclab.resource.name", resource.Name));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
