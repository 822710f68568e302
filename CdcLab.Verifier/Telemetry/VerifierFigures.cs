using System.Diagnostics.Metrics;
using CdcLab.Clients.ZooKeeper;
using CdcLab.Model.Live;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;

namespace CdcLab.Verifier.Telemetry;

/// <summary>What the verifier tells as metrics.</summary>
public sealed class VerifierFigures
{
    /// <summary>The name of its meter.</summary>
    public const string SourceName = "CdcLab.Verifier";

    private readonly Meter _meter;
    private readonly Histogram<double> _toAck;
    private readonly Histogram<double> _toConsume;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Makes meters.</param>
    public VerifierFigures(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _meter = meters.Create(SourceName);
        _toAck = _meter.CreateHistogram<double>("cdclab.probe.ack.duration", "s", "From a probe message's intended send to its acknowledgement by all replicas in sync.");
        _toConsume = _meter.CreateHistogram<double>("cdclab.probe.consume.duration", "s", "From a probe message's intended send to its consumer.");
    }

    /// <summary>A probe message was acknowledged.</summary>
    /// <param name="latency">Its latency.</param>
    public void Acknowledged(TimeSpan latency) => _toAck.Record(latency.TotalSeconds);

    /// <summary>A probe message was consumed.</summary>
    /// <param name="latency">Its latency.</param>
    public void Consumed(TimeSpan latency) => _toConsume.Record(latency.TotalSeconds);

    /// <summary>Tells verdicts and the cluster's state whenever metrics are collected.</summary>
    /// <param name="runner">The verdicts.</param>
    /// <param name="cluster">The cluster; what was seen last counts, nothing is asked.</param>
    /// <param name="maxAge">How long ago that may be.</param>
    public void Observe(CheckRunner runner, ClusterSource cluster, TimeSpan maxAge)
    {
        _meter.CreateObservableGauge("cdclab.verdicts", () => Verdicts(runner), "{verdict}", "Verdicts by outcome.");
        _meter.CreateObservableGauge(
            "kafka.partition.under_replicated",
            () => cluster.Last(maxAge) is { } state ? [new Measurement<int>(state.Partitions.Count(p => p.IsUnderReplicated))] : Array.Empty<Measurement<int>>(),
            "{partition}",
            "Partitions that lack a replica in sync.");
        _meter.CreateObservableGauge("kafka.partition.replicas_in_sync", () => InSync(cluster.Last(maxAge)), "{replica}", "The smallest number of replicas in sync among a topic's partitions.");
    }

    private static IEnumerable<Measurement<int>> Verdicts(CheckRunner runner)
    {
        IReadOnlyList<Verdict> verdicts = runner.Latest();
        foreach (Outcome outcome in Enum.GetValues<Outcome>())
            yield return new(verdicts.Count(v => v.Outcome == outcome), new KeyValuePair<string, object?>("verdict", outcome.ToString().ToLowerInvariant()));
    }

    private static IEnumerable<Measurement<int>> InSync(ClusterState? state) =>
        state?.Topics.Select(t => new Measurement<int>(t.Min(p => p.InSync.Count), new KeyValuePair<string, object?>("topic", t.Key))) ?? [];
}
