using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>What every rendering of the results says in the same words and columns: terminal, Markdown, HTML.</summary>
internal static class DrillRows
{
    public const string Heading = "5.4 Recovery from a broker's failure";

    /// <summary>What process drills cannot show.</summary>
    public const string Limits =
        "Processes are killed, not machines: a power cut, a missing fsync and a broken disk are not shown, "
        + "and three replicas on one disk do not survive the disk.";

    public const string LostHead = "lost";

    public static string[] SummaryHeads { get; } =
        ["drill", "what was done", "longest wait", "predicted", LostHead, "duplicates", "unknown (arrived)", "refused", "whole after"];

    public static string[] MomentHeads { get; } = ["seconds", "moment", "in the brokers' logs"];

    public static string[] ProducerHeads { get; } =
        ["producer", "sent", "acknowledged", "refused", "unknown", "of these there", "duplicates", "out of order", "lost", "errors"];

    public static string[] Summary(this DrillOutcome outcome) =>
    [
        outcome.Drill,
        outcome.Victims.Count == 0 ? outcome.What : $"{outcome.What} ({string.Join(", ", outcome.Victims.Distinct())})",
        outcome.Wait(),
        outcome.Predicted(),
        outcome.Lost(),
        outcome.Market?.Duplicates is { } again ? $"{again:N0}" : outcome.Sum(p => p.Duplicates),
        outcome.Result is null ? "" : $"{outcome.Sum(p => p.Unknown)} ({outcome.Sum(p => p.UnknownArrived)})",
        outcome.Sum(p => p.Refused),
        Whole(outcome),
    ];

    /// <summary>The timeline; in files of older versions it is the result's alone.</summary>
    public static IReadOnlyList<DrillMoment> Timeline(this DrillOutcome outcome) => outcome.Moments.Count > 0 ? outcome.Moments : outcome.Result?.Moments ?? [];

    public static IEnumerable<string[]> MomentRows(this DrillOutcome outcome) => outcome.Timeline().Select(m => new[]
    {
        $"{m.Seconds:0.0}",
        m.Detail is { } detail ? $"{m.What}: {detail}" : m.What,
        m.LoggedSeconds is { } logged ? $"{logged:0.0} ({(logged - m.Seconds).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)})" : "",
    });

    /// <summary>The errors that were predicted and those that clients saw; null for a drill of MySQL.</summary>
    public static string? Errors(this DrillOutcome outcome)
    {
        if (outcome.Result is not { } result)
            return null;
        string[] seen = [.. result.Producers.SelectMany(p => p.Errors).GroupBy(e => e.Key).Select(e => $"{e.Key}: {e.Sum(n => n.Value):N0}")];
        string predicted = outcome.Prediction.Errors.Count == 0 ? "no error" : string.Join(", ", outcome.Prediction.Errors);
        return $"A client that sends nothing again may see {predicted}; seen: {(seen.Length == 0 ? "none" : string.Join(", ", seen))}";
    }

    public static IEnumerable<string[]> ProducerRows(this DrillResult result) => result.Producers.Select(p => new[]
    {
        p.Name, $"{p.Sent:N0}", $"{p.Acknowledged:N0}", $"{p.Refused:N0}", $"{p.Unknown:N0}", $"{p.UnknownArrived:N0}",
        $"{p.Duplicates:N0}", $"{p.OutOfOrder:N0}", $"{p.Lost:N0}", string.Join(", ", p.Errors.Select(e => $"{e.Key}: {e.Value:N0}")),
    });

    public static string Wait(this DrillOutcome outcome) =>
        outcome.StallSeconds is { } seconds ? $"{seconds:0.0} s{(outcome.IsMissed ? " (prediction missed)" : "")}" : "not known";

    public static string Predicted(this DrillOutcome outcome) => $"{outcome.Prediction.From.TotalSeconds:0.#} to {outcome.Prediction.To.TotalSeconds:0.#} s";

    /// <summary>As the whole of a sentence, e.g. <c>0 of 5,412 acknowledged messages lost</c>.</summary>
    public static string LostSentence(this DrillOutcome outcome) => outcome switch
    {
        { Market: { Faults.Count: > 0, Missing: null or 0 } market } => $"the ledger and the tables do not agree, of {market.Commits:N0} commits",
        { Result.IsJudged: false } => $"{outcome.LostOf()} acknowledged messages",
        _ => $"{outcome.Lost()} lost",
    };

    public static string Lost(this DrillOutcome outcome) => $"{outcome.LostOf()} {(outcome.Market is null ? "acknowledged messages" : "commits")}";

    /// <summary>In one word or two.</summary>
    public static string Judgement(this DrillOutcome outcome) =>
        outcome.Faults.Count > 0 ? "FAILED" : outcome.Result is { IsJudged: false } ? "not judged" : "passed";

    /// <summary>The count alone, e.g. <c>0 of 5,412</c>.</summary>
    public static string LostOf(this DrillOutcome outcome) => outcome switch
    {
        { Market: { Missing: > 0 } market } => $"{market.Missing:N0} of {market.Commits + market.Missing:N0}",
        { Market: { } market } => $"{(market.Faults.Count == 0 ? "0" : "not known how many")} of {market.Commits:N0}",
        { Result: { IsJudged: false } result } => $"not judged on the legacy Kafka, of {result.Producers.Sum(p => p.Acknowledged):N0}",
        { Result: { } result } => $"{result.Producers.Sum(p => p.Lost):N0} of {result.Producers.Sum(p => p.Acknowledged):N0}",
        _ => "not known, of 0",
    };

    private static string Sum(this DrillOutcome outcome, Func<ProducerResult, long> what) =>
        outcome.Result is { } result ? $"{result.Producers.Sum(what):N0}" : "";

    private static string Whole(DrillOutcome outcome)
    {
        DrillMoment? healed = Last(DrillMoment.Healed), whole = Last(DrillMoment.IsrWhole) ?? Last(DrillMoment.ChangesFlow) ?? Last(DrillMoment.FirstAfter);
        return healed is not null && whole is not null && whole.Seconds >= healed.Seconds ? $"{whole.Seconds - healed.Seconds:0.0} s" : "";

        DrillMoment? Last(string what) => outcome.Timeline().LastOrDefault(m => m.What == what);
    }
}
