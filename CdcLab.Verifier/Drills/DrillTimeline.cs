using CdcLab.Model.Drills;

namespace CdcLab.Verifier.Drills;

/// <summary>Finds a run's moments in what was marked, what was acknowledged when, and what ZooKeeper's nodes said.</summary>
/// <remarks>All times in seconds since the run's beginning.</remarks>
internal static class DrillTimeline
{
    /// <summary>A message that waits longer than this for its acknowledgement has missed it.</summary>
    public const double MissedAfter = 1;

    /// <summary>The first messages of a client find out who leads; drills break nothing before this.</summary>
    public const double WarmUpSeconds = 3;

    // Later than any acknowledgement.
    private const double Never = double.MaxValue;

    /// <summary>From when on each message waited, and how long: what was waiting at the fault counts from the fault, and without one nothing of the first seconds counts.</summary>
    /// <param name="end">When the run ended: so long waited what was never acknowledged, at least.</param>
    public static IEnumerable<(double From, double Wait)> Waits(IReadOnlyList<DrillMoment> marks, IEnumerable<(double Due, double? Acknowledged)> waits, double end)
    {
        double? fault = marks.FirstOrDefault(m => m.What == DrillMoment.Fault)?.Seconds;
        return
            from wait in waits
            let acknowledged = wait.Acknowledged ?? end
            where fault is null ? wait.Due >= WarmUpSeconds : acknowledged > fault
            let begin = Math.Max(wait.Due, fault ?? 0)
            select (begin, acknowledged - begin);
    }

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
        (double From, double Wait)[] missed = [.. Waits(marks, waits, Never).Where(w => w.Wait > MissedAfter)];
        if (missed.Length > 0)
            moments.Add(new(DrillMoment.FirstMissed, missed.Min(w => w.From)));
        if (missed.Any(w => w.From + w.Wait < Never))
            moments.Add(new(DrillMoment.FirstAfter, missed.Min(w => w.From + w.Wait)));

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
