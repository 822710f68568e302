using System.Text.Json;
using System.Xml.Linq;

namespace CdcLab.AppHost.Commands;

/// <summary>The files that <c>verify</c> writes, each null for none: the report for people, for programs, and the verdicts for CI.</summary>
internal sealed record VerifyFiles(string? Markdown, string? Json, string? JUnit)
{
    private (string Option, string Path, Func<LabReport, string> Render)[] All =>
    [
        .. new (string, string?, Func<LabReport, string>)[] { ("--report", Markdown, VerifyMarkdown.Render), ("--json", Json, RenderJson), ("--junit", JUnit, RenderJUnit) }
            .Where(f => f.Item2 is not null).Select(f => (f.Item1, f.Item2!, f.Item3)),
    ];

    /// <summary>Why a file cannot be written, looked up before a lab is started; null where all can. Leaves nothing behind.</summary>
    public string? Problem()
    {
        foreach ((string option, string path, _) in All)
        {
            if (path.Length == 0 || Directory.Exists(path))
                return $"{option} {path}: is not the name of a file; name a file in a folder that exists";
            if (All.Count(f => Path.GetFullPath(f.Path) == Path.GetFullPath(path)) > 1)
                return $"{option} {path}: is named twice; name a file for each";
            try
            {
                using FileStream probe = new(Temporary(path), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return $"{option} {path}: cannot be written ({refused.Message.TrimEnd('.').Replace(Temporary(path), path, StringComparison.Ordinal)}); name a file in a folder that exists and is yours";
            }
        }

        return null;
    }

    // All, or none of them where one cannot be written.
    public IReadOnlyList<string> Write(LabReport report)
    {
        try
        {
            foreach ((_, string path, Func<LabReport, string> render) in All)
                File.WriteAllText(Temporary(path), render(report));
            foreach ((_, string path, _) in All)
                File.Move(Temporary(path), path, overwrite: true);
            return [.. All.Select(f => Path.GetFullPath(f.Path))];
        }
        finally
        {
            foreach ((_, string path, _) in All.Where(f => File.Exists(Temporary(f.Path))))
                File.Delete(Temporary(path));
        }
    }

    internal static string RenderJson(LabReport report) => JsonSerializer.Serialize(report, LabJson.Indented) + "\n";

    // Failed is a failure, unknown an error, not possible here skipped.
    internal static string RenderJUnit(LabReport report) => new XElement(
        "testsuite",
        new XAttribute("name", "CdcLab " + ReportRows.Plain(report.Lab)),
        new XAttribute("timestamp", report.At.UtcDateTime.ToString("s", CultureInfo.InvariantCulture)),
        new XAttribute("tests", report.Checks.Count + report.NotPossibleHere.Count),
        new XAttribute("failures", report.Count(Outcome.Failed)),
        new XAttribute("errors", report.Count(Outcome.Unknown)),
        new XAttribute("skipped", report.NotPossibleHere.Count),
        report.Checks.Select(v => Case(v.Resource, v.Id, v.Outcome switch { Outcome.Ok => null, Outcome.Failed => "failure", _ => "error" }, Message(report, v))),
        report.NotPossibleHere.Select(n => Case("not possible here", n.Id, "skipped", n.Reason))) + "\n";

    private static XElement Case(string resource, string id, string? outcome, string message) => new(
        "testcase",
        new XAttribute("classname", ReportRows.Plain(resource)),
        new XAttribute("name", ReportRows.Plain(id)),
        outcome is null ? null : new XElement(outcome, new XAttribute("message", ReportRows.Plain(message))));

    private static string Message(LabReport report, Verdict verdict) =>
        report.RootOf(verdict) != verdict ? report.Found(verdict) : string.Join("; ", report.Cause(verdict).Select(i => $"{i.Label} {i.Value}".TrimStart()));

    private static string Temporary(string path) => $"{Path.GetFullPath(path)}.{Environment.ProcessId}.new";
}
