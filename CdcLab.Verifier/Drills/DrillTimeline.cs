using CdcLab.Model.Drills;

namespace CdcLab.Verifier.Drills;

/// <summary>Finds a run's moments in what was marked, what was acknowledged when, and what ZooKeeper's nodes said.</summary>
/// <remarks>All times in seconds since the run's beginning.</remarks>
internal static class DrillTimeline
{
    /// <summary>A message that waits longer than this for its acknowledgement has missed it.</summary>
    public const double MissedAfter = 1;

    /// <param name="marks">What the AppHost marked: the fault, and when it was healed.</param>
    /// <param name="waits">When each message was due, and when it was acknowledged; null where it never was.</param>
    /// <param name="cluster">The cluster wherever it changed, the first before the fault.</param>
    /// <param name="preferred">The preferred leader of each partition.</param>
    /// <param name="replicas">How many replicas each partition has.</param>
    public static IReadOnlyList<DrillMoment> Moments(
        IReadOnlyList<DrillMoment> marks, IReadOnlyList<(double Due, double? Acknowledged)> waits, IReadOnlyList<DrillCluster> cluster, IReadOnlyList<int> preferred, int replicas)
    {
        List<DrillMoment> moments = [.. marks];
        if (marks.FirstOrDefault(m => m.What == DrillMoment.Fault) is not { } fault)
            return moments;
        (double Due, double? Acknowledged)[] missed = [.. waits.Where(w => (w.Acknowledged ?? double.MaxValue) - w.Due > MissedAfter && (w.Acknowledged ?? double.MaxValue) > fault.Seconds)];
        if (missed.Length > 0)
            // One that was under way at the fault was due before it.
            moments.Add(new(DrillMoment.FirstMissed, Math.Max(fault.Seconds, missed.Min(w => w.Due))));
        if (missed.Any(w => w.Acknowledged is not null))
            moments.Add(new(DrillMoment.FirstAfter, missed.Min(w => w.Acknowledged ?? double.MaxValue)));

        DrillCluster? before = cluster.LastOrDefault(c => c.Seconds <= fault.Seconds);
        DrillCluster[] after = [.. cluster.Where(c => c.Seconds > fault.Seconds)];
        Add(DrillMoment.OutOfIsr, after.FirstOrDefault(c => c.InSync.Any(n => n < replicas)));
        Add(DrillMoment.LeaderElected, after.FirstOrDefault(c => before is not null && c.Leaders.Zip(before.Leaders).Any(l => l.First is not null && l.First != l.Second)));
        Add(DrillMoment.ControllerElected, after.FirstOrDefault(c => before is not null && c.Controller is not null && c.Controller != before.Controller));
        // The last time that it became so: what goes back and forth is whole when it stays so.
        Add(DrillMoment.IsrWhole, Last(c => c.InSync.Count == preferred.Count && c.InSync.All(n => n >= replicas)));
        Add(DrillMoment.LeadersBack, Last(c => c.Leaders.SequenceEqual(preferred.Select(p => (int?)p))));
        return [.. moments.OrderBy(m => m.Seconds)];

        void Add(string what, DrillCluster? at)
        {
            if (at is not null)
                moments.Add(new(what, at.Seconds));
        }

        DrillCluster? Last(Func<DrillCluster, bool> isSo)
        {
            DrillCluster[] tail = [.. after.Reverse().TakeWhile(isSo).Reverse()];
            return tail.Length == 0 || tail.Length == after.Length ? null : tail[0];
        }
    }
}
