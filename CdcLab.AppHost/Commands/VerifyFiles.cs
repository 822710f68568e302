using System.Text.Json;
using CdcLab.AppHost.Drills;

namespace CdcLab.AppHost.Commands;

/// <summary>The files that <c>verify</c> writes, each null for none: the report for people, for programs, and the verdicts for CI.</summary>
internal static class VerifyFiles
{
    public static OutputFiles<LabReport> Of(string? markdown, string? json, string? junit, string dataDirectory = "") => new(
        ("--report", markdown, r => VerifyMarkdown.Render(r, DrillHistory.Latest(dataDirectory))),
        ("--json", json, RenderJson),
        ("--junit", junit, RenderJUnit));

    internal static string RenderJson(LabReport report) => JsonSerializer.Serialize(report, LabJson.Indented) + "\n";

    // Failed is a failure, unknown an error, not possible here skipped. The checks watch side by side: only the suite has a time.
    internal static string RenderJUnit(LabReport report) => JUnitXml.Render($"CdcLab {report.Lab}", report.At, report.At - report.Since, [
        .. report.Checks.Select(v => new JUnitCase(v.Resource, v.Id, Result(v.Outcome), Message(report, v))),
        .. report.NotPossibleHere.Select(n => new JUnitCase("not possible here", n.Id, JUnitCase.Skipped, n.Reason)),
    ]);

    private static string? Result(Outcome outcome) => outcome switch { Outcome.Ok => null, Outcome.Failed => JUnitCase.Failure, _ => JUnitCase.Error };

    private static string Message(LabReport report, Verdict verdict) =>
        report.RootOf(verdict) != verdict ? report.Found(verdict) : string.Join("; ", report.Cause(verdict).Select(i => $"{i.Label} {i.Value}".TrimStart()));
}
