using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Sources;

/// <summary>Makes one snapshot of everything that is known, so that no two tables of a report differ.</summary>
internal sealed class Reporter(VerifiedLab lab, CheckRunner runner, ClusterSource cluster, FiguresStore figures, LatencyProbe probe, SimulatorCheck market, Causes causes, Cdc.ChangeFollower changes, TimeProvider time)
{
    private readonly DateTimeOffset _since = time.GetUtcNow();

    public LabReport Report()
    {
        ProbeTrack? track = probe.Track;
        IReadOnlyList<NotPossible> notPossible = figures.Last?.NotPossibleHere ?? [];
        long? memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var bytes ? bytes : null;
        return new()
        {
            At = time.GetUtcNow(),
            Lab = lab.Options.Name,
            Since = _since,
            Machine = $"{Environment.ProcessorCount} cores, {(memory is { } known ? $"{known / 1073741824.0:0.0} GiB" : "memory not known")}, Linux {Environment.OSVersion.Version}",
            MachineBytes = memory,
            OrdersPerSecond = market.Last?.OrdersPerSecond,
            Orders = market.Last?.Orders,
            Executions = market.Last?.Executions,
            Figures = figures.Fresh,
            Checks = causes.FindLately(runner.Latest(), figures.Fresh, figures.At),
            NotPossibleHere = notPossible,
            Cluster = cluster.Last is { } state ? Of(state) : null,
            Latencies = [.. track is null ? [] : Latencies(track, Stopwatch.GetTimestamp()), .. changes.Track is { } followed ? [followed.Look(time.GetUtcNow().UtcDateTime).Recent] : Array.Empty<LatencyFigures>()],
            Probes = track?.Counts is { } counts ? counts with { Lost = notPossible.Any(n => n.Id == "kafka.probe.lost") ? null : counts.Lost } : null,
        };
    }

    private static ClusterFigures Of(ClusterState state) => new(
        [.. state.Brokers.Select(b => new BrokerFigures(b.Id, b.Endpoints, state.Partitions.Count(p => p.Leader == b.Id), state.Controller == b.Id))],
        [
            .. state.Topics.Select(t => new TopicFigures(
                t.Key, t.Count(), string.Join(" and ", t.Select(p => p.Replicas.Count).Distinct().Order()), t.Min(p => p.InSync.Count), t.Count(p => p.IsUnderReplicated))),
        ]);

    private static IReadOnlyList<LatencyFigures> Latencies(ProbeTrack track, long now) =>
        track.Latest(now) is var (toAck, toConsume) ? [toAck, toConsume, .. track.Longer(now)] : [];
}
