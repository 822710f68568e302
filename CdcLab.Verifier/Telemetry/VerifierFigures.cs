using System.Diagnostics.Metrics;

namespace CdcLab.Verifier.Telemetry;

/// <summary>What the verifier tells as metrics, by OpenTelemetry's conventions: names with dots, units of UCUM. What is observed is what the checks saw last;
/// nothing is asked for a metric's sake, and what was not seen lately has no value.</summary>
internal sealed class VerifierFigures
{
    public const string SourceName = "CdcLab.Verifier";

    // From what a cluster on loopback takes to what a broker's loss costs.
    private static readonly double[] Seconds = [0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 2, 3, 5, 7, 10];

    private readonly Meter _meter;
    private readonly Histogram<double> _toAck;
    private readonly Histogram<double> _toConsume;

    public VerifierFigures(IMeterFactory meters)
    {
        _meter = meters.Create(SourceName);
        InstrumentAdvice<double> advice = new() { HistogramBucketBoundaries = Seconds };
        _toAck = _meter.CreateHistogram("cdclab.probe.ack.duration", "s", "From a probe message's intended send to its acknowledgement by all replicas in sync.", advice: advice);
        _toConsume = _meter.CreateHistogram("cdclab.probe.consume.duration", "s", "From a probe message's intended send to its consumer.", advice: advice);
    }

    public void Acknowledged(TimeSpan latency) => _toAck.Record(latency.TotalSeconds);

    public void Consumed(TimeSpan latency) => _toConsume.Record(latency.TotalSeconds);

    public void Observe(CheckRunner runner, Func<ClusterState?> cluster, Func<IReadOnlyList<ResourceFigures>?> resources)
    {
        _meter.CreateObservableUpDownCounter("cdclab.verdicts", () => Verdicts(runner), "{verdict}", "Verdicts by outcome.");
        _meter.CreateObservableUpDownCounter("kafka.brokers", () => Of(cluster(), c => c.Brokers.Count), "{broker}", "Brokers that are registered.");
        _meter.CreateObservableUpDownCounter("kafka.partition.under_replicated", () => Of(cluster(), c => c.Partitions.Count(p => p.IsUnderReplicated)), "{partition}", "Partitions that lack a replica in sync.");
        _meter.CreateObservableUpDownCounter("kafka.partition.offline", () => Of(cluster(), c => c.Partitions.Count(p => p.Leader is null)), "{partition}", "Partitions that nobody leads.");
        _meter.CreateObservableGauge("kafka.partition.replicas_in_sync", () => InSync(cluster()), "{replica}", "The smallest number of replicas in sync (ISR) among a topic's partitions.");
        _meter.CreateObservableGauge("cdclab.memory.usage", () => Memory(resources(), m => m.UsedBytes), "By", "Memory that a server cannot give back (page cache left out).");
        _meter.CreateObservableGauge("cdclab.memory.limit", () => Memory(resources(), m => m.CapBytes), "By", "A server's memory cap.");
    }

    private static IEnumerable<Measurement<int>> Verdicts(CheckRunner runner)
    {
        IReadOnlyList<Verdict> verdicts = runner.Latest();
        foreach (Outcome outcome in Enum.GetValues<Outcome>())
            yield return new(verdicts.Count(v => v.Outcome == outcome), new KeyValuePair<string, object?>("cdclab.verdict.outcome", outcome.ToString().ToLowerInvariant()));
    }

    private static IEnumerable<Measurement<int>> Of(ClusterState? cluster, Func<ClusterState, int> figure) => cluster is null ? [] : [new(figure(cluster))];

    private static IEnumerable<Measurement<int>> InSync(ClusterState? cluster) =>
        cluster?.Topics.Select(t => new Measurement<int>(t.Min(p => p.InSync.Count), new KeyValuePair<string, object?>("messaging.destination.name", t.Key))) ?? [];

    private static IEnumerable<Measurement<long>> Memory(IReadOnlyList<ResourceFigures>? resources, Func<MemoryFigures, long?> figure)
    {
        foreach (ResourceFigures resource in resources ?? [])
        {
            if (resource.Memory is { } memory && figure(memory) is { } bytes)
                yield return new(bytes, new KeyValuePair<string, object?>("cdclab.resource.name", resource.Name));
        }
    }
}
