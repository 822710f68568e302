namespace CdcLab.Verifier.Telemetry;

/// <summary>One trace for each round of checks that is sampled: a span for the round, below it one for each check with an event for each verdict, below those
/// what the check asks of the servers. What failed is an error; what could not be looked at is not.</summary>
internal static class CheckTraces
{
    private const string OutcomeTag = "cdclab.verdict.outcome";

    private static readonly ActivitySource Source = new(VerifierFigures.SourceName);

    /// <summary>A round begins. It is the trace's root, whatever goes on around it.</summary>
    public static Activity? Round()
    {
        Activity.Current = null;
        return Source.StartActivity("check round");
    }

    public static Activity? Check(IReadOnlyList<string> ids) => Activity.Current is null ? null : Source.StartActivity($"check {NameOf(ids)}");

    /// <summary>Tells the sum of the verdicts, and each of them where they are one check's.</summary>
    public static void Judged(Activity? span, IReadOnlyList<Verdict> verdicts, bool each)
    {
        if (span is not { IsAllDataRequested: true })
            return;
        foreach (Verdict verdict in each ? verdicts : [])
        {
            span.AddEvent(new("verdict", tags: new()
            {
                ["cdclab.verdict.id"] = verdict.Id,
                [OutcomeTag] = Text(verdict.Outcome),
                ["cdclab.verdict.expected"] = verdict.Expected,
                ["cdclab.verdict.actual"] = verdict.Actual,
                ["cdclab.verdict.because"] = verdict.Outcome == Outcome.Ok ? null : verdict.Because,
                ["cdclab.verdict.fix"] = verdict.Fix,
            }));
        }

        foreach (Outcome outcome in Enum.GetValues<Outcome>())
            span.SetTag($"cdclab.verdicts.{Text(outcome)}", verdicts.Count(v => v.Outcome == outcome));
        string[] failed = [.. verdicts.Where(v => v.Outcome == Outcome.Failed).Select(v => each ? $"{v.Id}: {v.Actual}" : v.Id)];
        span.SetTag(OutcomeTag, Text(failed.Length > 0 ? Outcome.Failed : verdicts.Any(v => v.Outcome == Outcome.Unknown) ? Outcome.Unknown : Outcome.Ok));
        if (failed.Length > 0)
            span.SetStatus(ActivityStatusCode.Error, string.Join("; ", failed));
    }

    /// <summary>What a check is called: the id of what it judges, or what its ids have in common.</summary>
    internal static string NameOf(IReadOnlyList<string> ids)
    {
        string[] first = ids[0].Split('.');
        int common = ids.Min(id => first[..^1].Zip(id.Split('.')).TakeWhile(p => p.First == p.Second).Count());
        return ids.Count == 1 ? ids[0] : string.Join('.', [.. first.Take(common), "*"]);
    }

    private static string Text(Outcome outcome) => outcome.ToString().ToLowerInvariant();
}
