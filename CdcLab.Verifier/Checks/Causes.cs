namespace CdcLab.Verifier.Checks;

/// <summary>Tells one cause once: finds the resources that do not answer, and names what follows from them.</summary>
/// <remarks>A check says with its promise or its verdict from which resources a failure could follow. A failure that no silent resource explains stays its own.</remarks>
internal static class Causes
{
    public static IReadOnlyList<Verdict> Find(IReadOnlyList<Verdict> verdicts, LabFigures? figures)
    {
        Dictionary<string, Verdict> roots = verdicts
            .Where(v => v.Id == $"{v.Resource}.answers" && v.Outcome == Outcome.Failed)
            .DistinctBy(v => v.Resource)
            .ToDictionary(v => v.Resource, StringComparer.Ordinal);
        return [.. verdicts.Select(v => Mark(v, roots, figures))];
    }

    private static Verdict Mark(Verdict verdict, Dictionary<string, Verdict> roots, LabFigures? figures)
    {
        if (verdict.Outcome == Outcome.Ok)
            return verdict;
        if (roots.TryGetValue(verdict.Resource, out Verdict? root) && root.Id == verdict.Id)
            return Headline(verdict, figures?.Resources.FirstOrDefault(r => r.Name == verdict.Resource));
        if (verdict.Needs is { } needs)
            return needs.Count > 0 && needs.All(roots.ContainsKey) ? verdict with { CausedBy = roots[needs[0]].Id } : verdict;
        // A check of a resource needs that resource; one of the cluster needs ZooKeeper, or the brokers that do not answer.
        string? cause = roots.ContainsKey(verdict.Resource) ? verdict.Resource
            : verdict.Resource != ResourceNames.Kafka ? null
            : roots.ContainsKey(ResourceNames.ZooKeeper) ? ResourceNames.ZooKeeper
            : roots.Keys.Where(r => r.StartsWith("kafka-", StringComparison.Ordinal) && r != ResourceNames.KafkaUi).Order(StringComparer.Ordinal).FirstOrDefault();
        return cause is null ? verdict : verdict with { CausedBy = roots[cause].Id };
    }

    // The fix follows the state: a paused server is resumed, not started.
    private static Verdict Headline(Verdict root, ResourceFigures? resource) => resource switch
    {
        null => root,
        { State: "Paused" } => root with { Actual = $"{root.Resource} does not answer: it is paused", Fix = Command(root.Resource, "resume") },
        { Ended: { } how } => root with { Actual = $"{root.Resource} does not answer: it {(how.StartsWith("killed", StringComparison.Ordinal) || how.StartsWith("told", StringComparison.Ordinal) ? "was " : "")}{how}", Fix = Command(root.Resource, "start") },
        { State: "Finished" or "Exited" or "FailedToStart" } => root with { Actual = $"{root.Resource} does not answer: its state is {resource.State}", Fix = Command(root.Resource, "start") },
        { State: "Running" } => root,
        _ => root with { Actual = $"{root.Actual}; its state is {resource.State}", Fix = "Wait until it has started; see its log in the dashboard." },
    };

    private static string Command(string resource, string command) => $"Run `aspire resource {resource} {command}`, or choose {command} in the dashboard.";
}
