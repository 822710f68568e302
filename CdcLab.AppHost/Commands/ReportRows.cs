namespace CdcLab.AppHost.Commands;

/// <summary>What every rendering of a report says in the same words: terminal, Markdown, JUnit and the dashboard.</summary>
internal static class ReportRows
{
    public const string NotKnown = "not known";
    public const string Fix = "fix";

    /// <summary>The verdicts that are not ok and follow from no other.</summary>
    public static IReadOnlyList<Verdict> Roots(this LabReport report) => [.. report.Checks.Where(v => v.Outcome != Outcome.Ok && report.RootOf(v) == v)];

    /// <summary>The verdict from which one follows, in the end; itself where it follows from none.</summary>
    public static Verdict RootOf(this LabReport report, Verdict verdict)
    {
        HashSet<string> seen = [verdict.Id];
        Verdict at = verdict;
        while (at.CausedBy is { } cause && seen.Add(cause) && report.Checks.FirstOrDefault(c => c.Id == cause && c.Outcome != Outcome.Ok) is { } next)
            at = next;
        return at;
    }

    public static IReadOnlyList<Verdict> FollowersOf(this LabReport report, Verdict root) => [.. report.Checks.Where(v => v != root && v.Outcome != Outcome.Ok && report.RootOf(v) == root)];

    public static int Count(this LabReport report, Outcome outcome) => report.Checks.Count(c => c.Outcome == outcome);

    public static string Summary(this LabReport report) =>
        $"{report.Checks.Count} checks: {report.Count(Outcome.Ok)} ok, {report.Count(Outcome.Failed)} failed, {report.Count(Outcome.Unknown)} unknown (could not look); {report.NotPossibleHere.Count} not possible here.";

    /// <summary>What a check found, or the one cause that it follows from.</summary>
    public static string Found(this LabReport report, Verdict verdict) =>
        verdict.Outcome != Outcome.Ok && report.RootOf(verdict) is var root && root != verdict ? $"follows from {root.Id}" : verdict.Actual ?? verdict.Because ?? NotKnown;

    /// <summary>One cause, item by item, with the names of at most so many checks that follow from it.</summary>
    public static IEnumerable<(string Label, string Value)> Cause(this LabReport report, Verdict root, int mostNamed = int.MaxValue)
    {
        yield return ("expected", root.Expected);
        yield return ("found", root.Actual ?? NotKnown);
        if (root.Because is not null)
            yield return ("because", root.Because);
        if (root.Fix is not null)
            yield return (Fix, root.Fix);
        if (report.FollowersOf(root) is { Count: > 0 } followers)
            yield return ("", $"{(followers.Count == 1 ? "1 check follows" : $"{followers.Count} checks follow")} from it: {string.Join(", ", followers.Take(mostNamed).Select(f => f.Id))}{(followers.Count > mostNamed ? $" and {followers.Count - mostNamed} more" : "")}");
    }

    public static IEnumerable<(string Label, string Value)> Head(this LabReport report)
    {
        yield return ("lab", report.Lab);
        yield return ("made", report.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC");
        yield return ("machine", report.Machine);
        yield return ("servers", report.Figures is { } figures ? $"{figures.MySql ?? "MySQL: version not known"}, {figures.Kafka ?? "Kafka: version not known"}, as {(figures.Containers ? "containers" : "processes")}" : NotKnown);
        yield return ("watched for", DurationText.ToText(TimeSpan.FromSeconds(Math.Round((report.At - report.Since).TotalSeconds))));
        yield return ("market", report.OrdersPerSecond is { } rate
            ? $"{(rate == "max" ? "unthrottled" : $"{rate} orders per second")}; {Number(report.Orders)} orders and {Number(report.Executions)} executions committed since its start"
            : "does not answer: rate and number of orders are not known");
    }

    public static string Number(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? NotKnown;

    public static string Size(long? bytes) => bytes is { } known ? ByteSize.ToMiB(known) : NotKnown;

    /// <summary>A text in one line, without what a terminal, a table or XML cannot carry.</summary>
    public static string Plain(string text) => string.Concat(text.ReplaceLineEndings(" ").EnumerateRunes().Select(r => Rune.IsControl(r) || r.Value is 0xFFFE or 0xFFFF ? " " : r.ToString()));
}
