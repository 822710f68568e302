using System.Text;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.Commands;

/// <summary>Verdicts as Markdown, those first that need somebody.</summary>
internal static class VerdictsText
{
    public static string Summary(LabReport report) =>
        $"{Count(report, Outcome.Ok)} ok, {Count(report, Outcome.Failed)} failed, {Count(report, Outcome.Unknown)} unknown (could not look), {report.NotPossibleHere.Count} not possible here.";

    public static string Markdown(LabReport report)
    {
        StringBuilder text = new();
        text.Append(Summary(report)).Append("\n\n");
        MarkdownTable table = new(text, "verdict", "check", "resource", "expected", "actual", "fix");
        foreach (Verdict verdict in report.Checks.OrderBy(Urgency))
            table.Row(verdict.Outcome.ToString().ToLowerInvariant(), verdict.Id, verdict.Resource, verdict.Expected, verdict.Actual ?? verdict.Because ?? "", verdict.Outcome == Outcome.Ok ? "" : verdict.Fix ?? "");
        if (report.NotPossibleHere.Count > 0)
        {
            text.Append('\n');
            MarkdownTable not = new(text, "not possible here", "why");
            foreach (NotPossible item in report.NotPossibleHere)
                not.Row(item.Id, item.Reason);
        }

        return text.ToString();
    }

    private static int Count(LabReport report, Outcome outcome) => report.Checks.Count(v => v.Outcome == outcome);

    private static int Urgency(Verdict verdict) => verdict.Outcome switch
    {
        Outcome.Failed => 0,
        Outcome.Unknown => 1,
        _ => 2,
    };
}
