namespace CdcLab.Verifier.Checks;

/// <summary>Tells one cause once: finds the resources that do not answer and the checks that explain others, and names what follows from them.</summary>
/// <remarks>A check says with its promise or its verdict from which resources (<see cref="Verdict.Needs"/>) or checks (<see cref="Verdict.Follows"/>) a failure could follow.
/// A failure that nothing explains stays its own.</remarks>
internal sealed class Causes(TimeProvider time)
{
    // What waits for something is whole again some looks after it: a broker registers, the window of a latency passes.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();

    // What has not been ok since it followed from a cause, with that cause, when it last did, and by which look.
    private readonly Dictionary<string, (string Cause, long At, DateTimeOffset? LookedAt)> _followed = new(StringComparer.Ordinal);

    /// <summary>Finds them; what followed from one that was just healed, and has not been ok since, still does for a while where it only waits or was not looked at again. What has a fix of its own is its own.</summary>
    public IReadOnlyList<Verdict> FindLately(IReadOnlyList<Verdict> verdicts, LabFigures? figures, DateTimeOffset? figuresAt)
    {
        verdicts = Find(verdicts, figures, figuresAt);
        lock (_gate)
        {
            foreach (Verdict verdict in verdicts)
            {
                if (verdict.Outcome == Outcome.Ok)
                    _followed.Remove(verdict.Id);
                else if (verdict.CausedBy is { } cause)
                    _followed[verdict.Id] = (cause, time.GetTimestamp(), verdict.LookedAt);
            }

            HashSet<string> ok = [.. verdicts.Where(v => v.Outcome == Outcome.Ok).Select(v => v.Id)];
            return [.. verdicts.Select(v => v is { Outcome: not Outcome.Ok, CausedBy: null } && _followed.TryGetValue(v.Id, out (string Cause, long At, DateTimeOffset? LookedAt) followed)
                    && ok.Contains(followed.Cause) && time.GetElapsedTime(followed.At) <= Linger && (Waits(v) || v.LookedAt == followed.LookedAt)
                ? v with { CausedBy = followed.Cause, Fix = $"Wait, up to {Linger.TotalSeconds:0} s: it follows from {followed.Cause}, which is ok again." }
                : v)];
        }
    }

    /// <param name="figuresAt">When the figures came: what they say of a resource that ended or is paused counts at once, where they are newer than the last look.</param>
    public static IReadOnlyList<Verdict> Find(IReadOnlyList<Verdict> verdicts, LabFigures? figures, DateTimeOffset? figuresAt = null)
    {
        HashSet<string> gone = [.. (figures?.Resources ?? []).Where(r => r.State is "Paused" or "Finished" or "Exited" or "FailedToStart").Select(r => r.Name)];
        verdicts = [.. verdicts.Select(v => v.Outcome == Outcome.Ok && v.LookedAt < figuresAt && IsAnswers(v) && gone.Contains(v.Resource)
            ? v with { Outcome = Outcome.Failed, LookedAt = figuresAt, AgeSeconds = 0 }
            : v)];
        Dictionary<string, Verdict> roots = verdicts
            .Where(v => IsAnswers(v) && v.Outcome == Outcome.Failed)
            .DistinctBy(v => v.Resource)
            .ToDictionary(v => v.Resource, v => Headline(v, figures?.Resources.FirstOrDefault(r => r.Name == v.Resource)), StringComparer.Ordinal);
        Dictionary<string, Verdict> failed = verdicts.Where(v => v.Outcome == Outcome.Failed).DistinctBy(v => v.Id).ToDictionary(v => v.Id, StringComparer.Ordinal);
        string[] order = [.. verdicts.Select(v => v.Id)];
        Verdict[] marked = [.. verdicts.Select(v => Mark(v, roots, failed, order))];
        ILookup<string?, Verdict> afterwards = marked.Where(v => v is { CausedBy: not null, Afterwards: not null }).ToLookup(v => v.CausedBy);
        // Not where the cause's own fix has the same resource begin anew.
        return [.. marked.Select(v => v.Fix is not { } fix ? v : v with
        {
            Fix = string.Join(' ', [fix, .. afterwards[v.CausedBy ?? v.Id].Where(a => !fix.Contains($"aspire resource {a.Resource} ", StringComparison.Ordinal)).Select(a => a.Afterwards!)]),
        })];
    }

    private static bool Waits(Verdict verdict) => verdict.Fix?.StartsWith("Wait", StringComparison.Ordinal) == true;

    private static Verdict Mark(Verdict verdict, Dictionary<string, Verdict> roots, Dictionary<string, Verdict> failed, string[] order)
    {
        if (verdict.Outcome == Outcome.Ok)
            return verdict;
        if (roots.TryGetValue(verdict.Resource, out Verdict? root) && root.Id == verdict.Id)
            verdict = root;
        return First(verdict, roots, failed, order) is { } cause && cause.Id != verdict.Id ? verdict with { CausedBy = cause.Id, Fix = cause.Fix } : verdict;
    }

    // Two that could each follow from the other are not both consequences: the one that is listed first is the cause.
    private static Verdict First(Verdict verdict, Dictionary<string, Verdict> roots, Dictionary<string, Verdict> failed, string[] order)
    {
        List<Verdict> path = [verdict];
        while (Of(path[^1], roots, failed, [path[^1].Id]) is { } cause)
        {
            if (path.FindIndex(v => v.Id == cause.Id) is var begin and >= 0)
                return path[begin..].MinBy(v => Array.IndexOf(order, v.Id))!;
            path.Add(cause);
        }

        return path[^1];
    }

    // The first cause of all: what explains this may follow from something itself.
    private static Verdict? Of(Verdict verdict, Dictionary<string, Verdict> roots, Dictionary<string, Verdict> failed, HashSet<string> seen)
    {
        if (OfResources(verdict, roots) is { } root && seen.Add(root.Id))
            return Of(root, roots, failed, seen) ?? root;
        Verdict? cause = verdict.Follows.Where(seen.Add).Select(id => failed.GetValueOrDefault(id)).FirstOrDefault(v => v is not null);
        return cause is null ? null : Of(cause, roots, failed, seen) ?? cause;
    }

    private static bool IsAnswers(Verdict verdict) => verdict.Id == $"{verdict.Resource}.answers";

    private static Verdict? OfResources(Verdict verdict, Dictionary<string, Verdict> roots)
    {
        if (verdict.Needs is { } needs)
            return needs.Count > 0 && needs.All(roots.ContainsKey) ? roots[needs[0]] : null;
        // A check of a resource needs that resource; one of the cluster needs ZooKeeper, or the brokers that do not answer.
        return roots.GetValueOrDefault(verdict.Resource)
            ?? (verdict.Resource != ResourceNames.Kafka ? null
                : roots.GetValueOrDefault(ResourceNames.ZooKeeper)
                    ?? roots.Where(r => r.Key.StartsWith("kafka-", StringComparison.Ordinal) && r.Key != ResourceNames.KafkaUi).OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Value).FirstOrDefault());
    }

    // The fix follows the state: a paused server is resumed, not started. One that does not run is explained by that alone.
    private static Verdict Headline(Verdict root, ResourceFigures? resource) => resource switch
    {
        null => root,
        { State: "Paused" } => root with { Follows = [], Actual = $"{root.Resource} does not answer: it is paused", Fix = Command(root.Resource, "resume") },
        { Ended: { } how } => root with { Follows = [], Actual = $"{root.Resource} does not answer: it {(how.StartsWith("killed", StringComparison.Ordinal) || how.StartsWith("told", StringComparison.Ordinal) ? "was " : "")}{how}", Fix = $"{Before(how)}{Command(root.Resource, "start")}" },
        { State: "Finished" or "Exited" or "FailedToStart" } => root with { Actual = $"{root.Resource} does not answer: its state is {resource.State}", Fix = Command(root.Resource, "start") },
        { State: "Running", Memory: { CapBytes: { } cap, UsedBytes: { } used } } when used >= 0.98 * cap => root with { Actual = $"{root.Actual}; it is at its memory cap: {ByteSize.ToMiB(used)} of {ByteSize.ToMiB(cap)}" },
        { State: "Running" } => root,
        _ => root with { Actual = $"{root.Actual}; its state is {resource.State}", Fix = "Wait until it has started; see its log in the dashboard." },
    };

    // What a start was refused for says itself what mends it.
    private static string Before(string how) =>
        how.StartsWith("could not be started", StringComparison.Ordinal) ? string.Concat(FixText.Codes(how).Select(c => $"Run {FixText.Code(c)}. ")) : "";

    private static string Command(string resource, string command) => $"Run `aspire resource {resource} {command}`, or choose {command} in the dashboard.";
}
