using System.Xml.Linq;

namespace CdcLab.AppHost.Commands;

/// <summary>One test case of a JUnit file.</summary>
/// <param name="Result">One of the constants here; null where it passed.</param>
internal sealed record JUnitCase(string Class, string Name, string? Result, string? Message)
{
    public const string Failure = "failure", Error = "error", Skipped = "skipped";

    /// <summary>How long it took; null where that is not known.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>What it says beside its result; null for nothing.</summary>
    public string? Output { get; init; }
}

/// <summary>JUnit XML, as CI servers read it: one suite.</summary>
internal static class JUnitXml
{
    public static string Render(string suite, DateTimeOffset at, TimeSpan time, params IReadOnlyList<JUnitCase> cases) => new XElement(
        "testsuite",
        new XAttribute("name", ReportRows.Plain(suite)),
        new XAttribute("timestamp", at.UtcDateTime.ToString("s", CultureInfo.InvariantCulture)),
        new XAttribute("tests", cases.Count),
        cases.Count("failures", JUnitCase.Failure),
        cases.Count("errors", JUnitCase.Error),
        cases.Count("skipped", JUnitCase.Skipped),
        Seconds(time),
        cases.Select(c => new XElement(
            "testcase",
            new XAttribute("classname", ReportRows.Plain(c.Class)),
            new XAttribute("name", ReportRows.Plain(c.Name)),
            c.Time is { } taken ? Seconds(taken) : null,
            c.Result is null ? null : new XElement(c.Result, new XAttribute("message", ReportRows.Plain(c.Message ?? ""))),
            c.Output is null ? null : new XElement("system-out", ReportRows.Plain(c.Output))))) + "\n";

    private static XAttribute Seconds(TimeSpan time) => new("time", time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));

    private static XAttribute Count(this IReadOnlyList<JUnitCase> cases, string attribute, string result) =>
        new(attribute, cases.Count(c => c.Result == result));
}
