namespace CdcLab.Verifier.Checks;

/// <summary>Tells one cause once: finds the resources that do not answer and the checks that explain others, and names what follows from them.</summary>
/// <remarks>A check says with its promise or its verdict from which resources (<see cref="Verdict.Needs"/>) or checks (<see cref="Verdict.Follows"/>) a failure could follow.
/// A failure that nothing explains stays its own.</remarks>
internal static class Causes
{
    public static IReadOnlyList<Verdict> Find(IReadOnlyList<Verdict> verdicts, LabFigures? figures)
    {
        Dictionary<string, Verdict> roots = verdicts
            .Where(v => v.Id == $"{v.Resource}.answers" && v.Outcome == Outcome.Failed)
            .DistinctBy(v => v.Resource)
            .ToDictionary(v => v.Resource, v => Headline(v, figures?.Resources.FirstOrDefault(r => r.Name == v.Resource)), StringComparer.Ordinal);
        Dictionary<string, Verdict> failed = verdicts.Where(v => v.Outcome == Outcome.Failed).DistinctBy(v => v.Id).ToDictionary(v => v.Id, StringComparer.Ordinal);
        return [.. verdicts.Select(v => Mark(v, roots, failed))];
    }

    private static Verdict Mark(Verdict verdict, Dictionary<string, Verdict> roots, Dictionary<string, Verdict> failed)
    {
        if (verdict.Outcome == Outcome.Ok)
            return verdict;
        if (roots.TryGetValue(verdict.Resource, out Verdict? root) && root.Id == verdict.Id)
            return root;
        return Of(verdict, roots, failed, [verdict.Id]) is { } cause ? verdict with { CausedBy = cause.Id, Fix = cause.Fix } : verdict;
    }

    // The first cause of all: what explains this may follow from something itself.
    private static Verdict? Of(Verdict verdict, Dictionary<string, Verdict> roots, Dictionary<string, Verdict> failed, HashSet<string> seen)
    {
        if (OfResources(verdict, roots) is { } root)
            return root.Id == verdict.Id ? null : root;
        Verdict? cause = verdict.Follows.Where(seen.Add).Select(id => failed.GetValueOrDefault(id)).FirstOrDefault(v => v is not null);
        return cause is null ? null : Of(cause, roots, failed, seen) ?? cause;
    }

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

    // The fix follows the state: a paused server is resumed, not started.
    private static Verdict Headline(Verdict root, ResourceFigures? resource) => resource switch
    {
        null => root,
        { State: "Paused" } => root with { Actual = $"{root.Resource} does not answer: it is paused", Fix = Command(root.Resource, "resume") },
        { Ended: { } how } => root with { Actual = $"{root.Resource} does not answer: it {(how.StartsWith("killed", StringComparison.Ordinal) || how.StartsWith("told", StringComparison.Ordinal) ? "was " : "")}{how}", Fix = Command(root.Resource, "start") },
        { State: "Finished" or "Exited" or "FailedToStart" } => root with { Actual = $"{root.Resource} does not answer: its state is {resource.State}", Fix = Command(root.Resource, "start") },
        { State: "Running", Memory: { CapBytes: { } cap, UsedBytes: { } used } } when used >= 0.98 * cap => root with { Actual = $"{root.Actual}; it is at its memory cap: {ByteSize.ToMiB(used)} of {ByteSize.ToMiB(cap)}" },
        { State: "Running" } => root,
        _ => root with { Actual = $"{root.Actual}; its state is {resource.State}", Fix = "Wait until it has started; see its log in the dashboard." },
    };

    private static string Command(string resource, string command) => $"Run `aspire resource {resource} {command}`, or choose {command} in the dashboard.";
}
