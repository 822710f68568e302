using CdcLab.AppHost.Commands;

namespace CdcLab.AppHost.Drills;

/// <summary>Results as section 5.4 of the specification has them.</summary>
internal static class DrillMarkdown
{
    /// <summary>What to do where no drill has run.</summary>
    public const string None =
        "No drill has run on this lab: `dotnet run --project CdcLab.AppHost -- drill all --report FILE` writes this section from a lab of its own, "
        + "and `aspire resource kafka drill-leader-killed` fills it here.";

    /// <summary>One line: lost, stalled, predicted.</summary>
    public static string Headline(DrillOutcome outcome) =>
        $"{outcome.Judgement()}: {outcome.LostSentence()}; longest wait {outcome.Wait()}, predicted {outcome.Predicted()}";

    public static string Render(DrillOutcome outcome) => $"### {DrillRows.Heading}\n\n{RenderResults([outcome])}\n";

    /// <summary>The section of one run of <c>drill</c>, with what did not run.</summary>
    public static string Render(DrillReport report) => string.Join("\n\n", [
        $"### {DrillRows.Heading}",
        $"{report.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC{string.Concat(new[] { report.Machine, report.Kafka, report.MySql }.OfType<string>().Select(w => $", {w}"))}, seed {report.Seed}. {DrillText.Sum(report)}",
        .. report.NotRun.Count == 0 ? Array.Empty<string>() : [string.Join('\n', report.NotRun.Select(n => $"- **{n.Drill} did not run to its end:** {n.Reason}"))],
        .. report.Drills.Count == 0 ? Array.Empty<string>() : [RenderResults(report.Drills)],
    ]) + "\n";

    /// <summary>The section without its heading.</summary>
    public static string RenderResults(IReadOnlyList<DrillOutcome> outcomes) => outcomes.Count == 0 ? None : string.Join("\n\n", [
        VerifyMarkdown.Table(DrillRows.SummaryHeads, outcomes.Select(DrillRows.Summary)),
        .. outcomes.SelectMany(Details),
        DrillRows.Limits,
    ]);

    private static IEnumerable<string> Details(DrillOutcome outcome)
    {
        yield return $"#### {outcome.Drill}, seed {outcome.Seed}";
        if (outcome.Faults.Count > 0)
            yield return string.Join('\n', outcome.Faults.Select(f => $"- **{f}**"));
        yield return $"Predicted: {outcome.Prediction}.{Errors(outcome)}";
        yield return VerifyMarkdown.Table(DrillRows.MomentHeads, outcome.MomentRows());
        if (outcome.Result is null)
            yield break;
        yield return VerifyMarkdown.Table(DrillRows.ProducerHeads, outcome.Result.ProducerRows());
    }

    private static string Errors(DrillOutcome outcome)
    {
        if (outcome.Errors() is not { } errors)
            return "";
        return $" {errors}.{string.Concat(outcome.Surprises.Select(s => $" **Not as predicted: {s}.**"))}";
    }
}
