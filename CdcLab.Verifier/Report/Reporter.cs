using System.Diagnostics;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Probes;
using CdcLab.Verifier.Sources;

namespace CdcLab.Verifier.Report;

/// <summary>Gathers the facts of a report from what the checks saw last; it asks no server itself, so that a report is there at once whatever is down.</summary>
/// <param name="model">What the lab must be.</param>
/// <param name="handover">What the lab is.</param>
/// <param name="runner">The verdicts.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="resources">The resources.</param>
/// <param name="probe">The latencies.</param>
/// <param name="time">The clock.</param>
public sealed class Reporter(LabModel model, ServiceHandover handover, CheckRunner runner, ClusterSource cluster, ResourceSource resources, LatencyProbe probe, TimeProvider time)
{
    /// <summary>What is known now.</summary>
    /// <returns>The facts.</returns>
    public ReportFacts Facts()
    {
        TimeSpan maxAge = (2 * model.Options.Verifier.Interval) + CheckRunner.TimeLimit;
        return new()
        {
            At = time.GetUtcNow(),
            Model = model,
            Abilities = handover.Abilities,
            Verdicts = runner.Latest(),
            Resources = resources.Last(maxAge),
            Cluster = cluster.Last(maxAge),
            Latencies = Latencies(probe.Track),
            Probes = probe.Track?.Counts,
        };
    }

    private static IReadOnlyList<LatencyFigures> Latencies(ProbeTrack? track)
    {
        if (track is null)
            return [];
        long now = Stopwatch.GetTimestamp();
        (LatencyFigures toAck, LatencyFigures toConsume) = track.Latest(now);
        return [toAck, toConsume, .. track.Longer(now)];
    }
}
