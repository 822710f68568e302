using System.Text.RegularExpressions;
using System.Xml.Linq;
using CdcLab.AppHost.Commands;

namespace CdcLab.AppHost.Drills;

/// <summary>Section 5.4 as one file for a browser, with charts: nothing is loaded from elsewhere, and no script runs.</summary>
internal static partial class DrillHtml
{
    // Selectors without ">", which the writer of XML would escape.
    private const string Style = """
        :root { color-scheme: light dark;
          --page: #ffffff; --text: #1b1f24; --soft: #5a636e; --line: #d4d9df; --head: #f3f5f7; --good: #17683a; --bad: #b3261e;
          --grid: #e4e8ec; --axis: #6b7480; --fault: #c62828; --healed: #2e7d32; --moment: #7a8490;
          --s0: #1f6fb4; --s1: #d95f02; --s2: #1b9e77; --s3: #9c4fb5; --s4: #b8860b; --s5: #e0457b; --s6: #4d8b31; --s7: #555555; }
        @media screen and (prefers-color-scheme: dark) { :root {
          --page: #14181d; --text: #e4e8ec; --soft: #a3adb8; --line: #38414b; --head: #1d232a; --good: #6fcf8f; --bad: #ff8a80;
          --grid: #2a323a; --axis: #929ca8; --fault: #ff7b72; --healed: #6fcf8f; --moment: #87919c;
          --s0: #6cb6ff; --s1: #ffa657; --s2: #56d4a8; --s3: #d2a8ff; --s4: #e3c04f; --s5: #ff8fb3; --s6: #a5d66f; --s7: #c0c8d0; } }
        body { margin: 0 auto; padding: 1.5rem; max-width: 74rem; background: var(--page); color: var(--text);
          font: 15px/1.5 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; margin-top: 2rem; }
        h3 { font-size: 1.1rem; margin: 2.2rem 0 .4rem; padding-top: .8rem; border-top: 1px solid var(--line); }
        p { margin: .4rem 0; } a { color: inherit; }
        .soft, figcaption { color: var(--soft); } .good { color: var(--good); } .bad { color: var(--bad); font-weight: 600; }
        .wide { overflow-x: auto; margin: .8rem 0; }
        table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .28rem .6rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
        th { background: var(--head); font-weight: 600; }
        td.number { text-align: right; } td.number, td.name { white-space: nowrap; }
        figure { margin: 1rem 0; } figcaption { font-size: .87rem; }
        .key { display: inline-block; margin-right: 1rem; color: var(--text); white-space: nowrap; }
        .key i { display: inline-block; width: 1.3rem; height: 3px; margin-right: .35rem; vertical-align: middle; }
        svg { display: block; width: 100%; height: auto; } svg text { font: 11px system-ui, "Segoe UI", Roboto, Arial, sans-serif; fill: var(--text); }
        svg .halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; } svg .lead { stroke-width: 1; fill: none; }
        @media screen { td.name + td { min-width: 13rem; } }
        @page { size: A4 landscape; margin: 12mm; }
        @media print { body { padding: 0; max-width: none; font-size: 10pt; } h3 { break-after: avoid; } figure, tr { break-inside: avoid; }
          th, i { print-color-adjust: exact; } .wide { overflow: visible; } }
        """;

    public static string Render(DrillReport report) => "<!DOCTYPE html>\n" + new XElement(
        "html",
        new XAttribute("lang", "en"),
        new XElement(
            "head",
            new XElement("meta", new XAttribute("charset", "utf-8")),
            new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
            new XElement("title", "CdcLab: drills"),
            new XElement("style", "\n" + Style + "\n")),
        new XElement("body", Body(report))).ToString(SaveOptions.None) + "\n";

    private static IEnumerable<XElement> Body(DrillReport report)
    {
        yield return Text("h1", "CdcLab: drills");
        yield return Text("p", DrillText.Sum(report), report.Drills.Any(d => d.Faults.Count > 0) || report.NotRun.Count > 0 ? "bad" : "good");
        string[] made =
        [
            report.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC",
            .. new[] { report.Kafka, report.MySql, report.Machine }.OfType<string>(),
            $"seed {report.Seed}",
        ];
        yield return Text("p", string.Join(" \u00b7 ", made), "soft");
        yield return Text("h2", DrillRows.Heading);
        yield return Summary(report.Drills);
        if (report.NotRun.Count > 0)
            yield return Table(["did not run to its end", "why"], report.NotRun.Select(n => new[] { n.Drill, n.Reason }));
        foreach ((int i, DrillOutcome outcome) in report.Drills.Index())
        {
            foreach (XElement element in Details(outcome, Id(i)))
                yield return element;
        }

        yield return Text("h2", "What process drills cannot show");
        yield return Text("p", DrillRows.Limits);
    }

    // Its first column leads to the drill, and says where one failed.
    private static XElement Summary(IReadOnlyList<DrillOutcome> drills)
    {
        // Short, so that a drill takes two lines.
        int lost = Array.IndexOf(DrillRows.SummaryHeads, DrillRows.LostHead);
        XElement table = Table([.. DrillRows.SummaryHeads.Select((h, i) => i == lost ? "lost of acknowledged" : h)],
            drills.Select(d => d.Summary().Select((cell, i) => i != lost ? cell : d.Market is null ? d.LostOf() : d.Lost()).ToArray()));
        foreach ((int i, XElement cell) in table.Descendants("tr").Skip(1).Select(row => row.Elements().First()).Index())
        {
            cell.SetAttributeValue("class", "name");
            XElement link = new("a", new XAttribute("href", $"#{Id(i)}"), cell.Value);
            cell.ReplaceNodes(link, drills[i].Faults.Count == 0 ? null : new XElement[] { new("br"), Text("span", "FAILED", "bad") });
        }

        return table;
    }

    private static IEnumerable<XElement> Details(DrillOutcome outcome, string id)
    {
        XElement title = Text("h3", $"{outcome.Drill}: it {outcome.What}");
        title.SetAttributeValue("id", id);
        yield return title;
        yield return Text("p", DrillMarkdown.Headline(outcome), outcome.Faults.Count == 0 ? "good" : "bad");
        if (outcome.Faults.Count > 0)
            yield return new XElement("ul", outcome.Faults.Select(f => Text("li", f, "bad")));
        yield return Text("p", $"Predicted: {outcome.Prediction}.");
        if (outcome.Errors() is { } errors)
            yield return Text("p", $"{errors}.");
        foreach (string surprise in outcome.Surprises)
            yield return Text("p", $"Not as predicted: {surprise}.", "bad");
        if (outcome.Market is { } market)
            yield return Text("p", $"The market committed {market.Commits:N0} orders and executions; its longest pause was {market.StandstillSeconds:0.0} s.");
        yield return Text("p", $"Began {outcome.Started.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, took {outcome.Seconds:0} s, seed {outcome.Seed}.", "soft");
        foreach (DrillChart chart in DrillCharts.Of(outcome, id))
        {
            yield return new XElement(
                "figure",
                new XElement(
                    "figcaption",
                    Text("div", chart.Title),
                    chart.Series.Select((name, i) => new XElement(
                        "span",
                        new XAttribute("class", "key"),
                        new XElement("i", new XAttribute("style", $"background:var(--s{i % DrillCharts.Colors})"), ""),
                        ReportRows.Plain(name)))),
                chart.Svg);
        }

        if (outcome.Timeline().Count > 0)
            yield return Table(DrillRows.MomentHeads, outcome.MomentRows());
        if (outcome.Result is { } result)
            yield return Table(DrillRows.ProducerHeads, result.ProducerRows());
    }

    private static string Id(int drill) => $"drill-{drill + 1}";

    private static XElement Text(string element, string text, string? style = null) =>
        new(element, style is null ? null : new XAttribute("class", style), ReportRows.Plain(text));

    private static XElement Table(string[] heads, IEnumerable<string[]> rows) => new(
        "div",
        new XAttribute("class", "wide"),
        new XElement(
            "table",
            new XElement("thead", new XElement("tr", heads.Select(h => Text("th", h)))),
            new XElement("tbody", rows.Select(row => new XElement("tr", row.Select(cell => Text("td", cell, Number.IsMatch(cell) ? "number" : null)))))));

    [GeneratedRegex(@"^\d[\d,.]*( s| \([+-]?\d[\d,.]*\))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number { get; }
}
