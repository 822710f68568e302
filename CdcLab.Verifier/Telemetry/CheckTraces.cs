namespace CdcLab.Verifier.Telemetry;

/// <summary>One trace for each round of checks that is sampled: a span for the round, below it one for each check with an event for each verdict, below those
/// what the check asks of the servers. What failed is an error; what could not be looked at is not.</summary>
internal static class CheckTraces
{
    private const string Outcome = "cdclab.verdict.outcome";

    private static readonly ActivitySource Source = new(VerifierFigures.SourceName);

    /// <summary>A round begins. It is the trace's root, whatever goes on around it.</summary>
    public static Activity? Round()
    {
        Activity.Current = null;
        return Source.StartActivity("check round");
    }

    public static Activity? Check(IReadOnlyList<string> ids) => Activity.Current is null ? null : Source.StartActivity($"check {NameOf(ids)}");

    public static void Judged(Activity? span, IReadOnlyList<Verdict> verdicts)
    {
        if (span is not { IsAllDataRequested: true })
            return;
        foreach (Verdict verdict in verdicts)
        {
            span.AddEvent(new("verdict", tags: new()
            {
                ["cdclab.verdict.id"] = verdict.Id,
                [Outcome] = Text(verdict.Outcome),
                ["cdclab.verdict.expected"] = verdict.Expected,
                ["cdclab.verdict.actual"] = verdict.Actual,
                ["cdclab.verdict.because"] = verdict.Outcome == Model.Reports.Outcome.Ok ? null : verdict.Because,
                ["cdclab.verdict.fix"] = verdict.Fix,
            }));
        }

        Sum(span, verdicts, v => $"{v.Id}: {v.Actual}");
    }

    public static void Judged(Activity? span, Func<IReadOnlyList<Verdict>> verdicts)
    {
        if (span is { IsAllDataRequested: true })
            Sum(span, verdicts(), v => v.Id);
    }

    /// <summary>What a check is called: the id of what it judges, or what its ids have in common.</summary>
    internal static string NameOf(IReadOnlyList<string> ids)
    {
        if (ids.Count == 1)
            return ids[0];
        string[] first = ids[0].Split('.');
        int common = first.Length - 1;
        foreach (string id in ids)
            common = Math.Min(common, first.Zip(id.Split('.')).TakeWhile(p => p.First == p.Second).Count());
        return string.Join('.', [.. first.Take(common), "*"]);
    }

    private static void Sum(Activity span, IReadOnlyList<Verdict> verdicts, Func<Verdict, string> name)
    {
        foreach (Outcome outcome in Enum.GetValues<Outcome>())
            span.SetTag($"cdclab.verdicts.{Text(outcome)}", verdicts.Count(v => v.Outcome == outcome));
        List<Verdict> failed = [.. verdicts.Where(v => v.Outcome == Model.Reports.Outcome.Failed)];
        span.SetTag(Outcome, Text(failed.Count > 0 ? Model.Reports.Outcome.Failed : verdicts.Any(v => v.Outcome == Model.Reports.Outcome.Unknown) ? Model.Reports.Outcome.Unknown : Model.Reports.Outcome.Ok));
        if (failed.Count > 0)
            span.SetStatus(ActivityStatusCode.Error, string.Join("; ", failed.Select(name)));
    }

    private static string Text(Outcome outcome) => outcome.ToString().ToLowerInvariant();
}
