namespace CdcLab.AppHost.Lab;

/// <summary>Which verdicts of a report are news: each failure that stands by itself, once, again when it takes something else to heal it, and its end.</summary>
internal sealed class VerdictNews
{
    // A symptom is seen before its cause: a server that hangs is given up only after a round of checks and the time limit of one.
    private static readonly TimeSpan SymptomPatience = TimeSpan.FromSeconds(8);

    // What followed from a cause that is gone takes a while to be whole again.
    private static readonly TimeSpan FollowerGrace = TimeSpan.FromSeconds(30);

    // Not with each session that comes and goes.
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (string ToType, DateTimeOffset At)> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _followed = new(StringComparer.Ordinal), _failedSince = new(StringComparer.Ordinal);

    /// <summary>Failures that were told in another way.</summary>
    public void Known(IEnumerable<Verdict> verdicts, DateTimeOffset at)
    {
        foreach (Verdict verdict in verdicts.Where(v => v.Outcome == Outcome.Failed))
            _told[verdict.Id] = (ToType(verdict), at);
    }

    public IReadOnlyList<Verdict> Of(LabReport report)
    {
        foreach (Verdict verdict in report.Checks)
        {
            if (verdict.CausedBy is not null)
                _followed[verdict.Id] = report.At;
            if (verdict.Outcome != Outcome.Failed || verdict.CausedBy is not null)
                _failedSince.Remove(verdict.Id);
            else
                _failedSince.TryAdd(verdict.Id, report.At);
        }

        Verdict[] news = [.. report.Checks.Where(v => v.Outcome == Outcome.Ok ? _told.Remove(v.Id) : IsNewFailure(v, report.At))];
        Known(news, report.At);
        return news;
    }

    private bool IsNewFailure(Verdict verdict, DateTimeOffset at) =>
        _failedSince.TryGetValue(verdict.Id, out DateTimeOffset since)
        && !(_told.TryGetValue(verdict.Id, out (string ToType, DateTimeOffset At) told) && (at - told.At < Again || ToType(verdict) is "" || ToType(verdict) == told.ToType))
        && (!IsSymptom(verdict) || at - since >= SymptomPatience)
        && !(_followed.TryGetValue(verdict.Id, out DateTimeOffset followed) && at - followed < FollowerGrace);

    private static string ToType(Verdict verdict) => string.Join('\n', FixText.Codes(verdict.Fix ?? ""));

    // What is found of the whole cluster or of the market may follow from a server of which it is not known yet that it does not answer.
    private static bool IsSymptom(Verdict verdict) =>
        verdict.Resource is ResourceNames.Kafka or ResourceNames.OrderSimulator && !verdict.Id.EndsWith(".answers", StringComparison.Ordinal);
}
