using CdcLab.Model.Live;

namespace CdcLab.Verifier.Report;

/// <summary>The verdicts, those first that need somebody.</summary>
internal static class VerdictSection
{
    public static void Write(Markdown text, ReportFacts facts)
    {
        int Count(Outcome outcome) => facts.Verdicts.Count(v => v.Outcome == outcome);
        text.Heading(2, "Verdicts");
        text.Paragraph($"{Count(Outcome.Ok)} ok, {Count(Outcome.Failed)} failed, {Count(Outcome.Unknown)} unknown (could not look), {facts.Abilities.NotPossibleHere.Count} not possible here.");
        text.Table(["verdict", "check", "resource", "expected", "actual"], facts.Verdicts.OrderBy(Urgency).Select(v => new[]
        {
            v.Outcome.ToString().ToLowerInvariant(), v.Id, v.Resource, v.Expected, v.Actual ?? v.Because ?? "",
        }));
        List<string> todo = [.. facts.Verdicts.Where(v => v.Outcome != Outcome.Ok).OrderBy(Urgency).Select(v => $"{v.Id}: {v.Fix}")];
        if (todo.Count > 0)
            text.Paragraph("What to do:").List(todo);
    }

    private static int Urgency(Verdict verdict) => verdict.Outcome switch
    {
        Outcome.Failed => 0,
        Outcome.Unknown => 1,
        _ => 2,
    };
}
