using Spectre.Console;

namespace CdcLab.AppHost.Commands;

/// <summary>A report for the terminal: a table of the checks but for those that follow from another, then each cause once, with what to do.</summary>
internal static class VerifyText
{
    private const int MostNamed = 4;

    // The other columns, the frame, and 24 columns for what was found.
    private const int LeastFound = 44;

    public static string Render(LabReport report, int width, bool ansi) => TextBlock.Render(width, ansi, console => Write(console, report, width));

    private static void Write(IAnsiConsole console, LabReport report, int width)
    {
        // An id in one piece can be searched for; on a narrow terminal it is broken rather than lost.
        Verdict[] shown = [.. report.Checks.Where(v => report.RootOf(v) == v)];
        bool fits = shown.Select(c => c.Id.Length).DefaultIfEmpty().Max() <= width - LeastFound;
        Table table = new Table { Border = TableBorder.Rounded }.AddColumn("verdict", c => c.NoWrap = true).AddColumn("check", c => c.NoWrap = fits).AddColumn("found");
        foreach (Verdict verdict in shown)
            table.AddRow(Word(verdict.Outcome), Cell(verdict.Id), Cell(report.Found(verdict)));
        console.Write(table);
        foreach (Verdict root in report.Roots())
            Section(console, $"{(root.Outcome == Outcome.Failed ? "FAILED" : "UNKNOWN")}: {root.Id}", report.Cause(root, MostNamed));
        if (report.NotPossibleHere.Count > 0)
            Section(console, "Not possible here:", report.NotPossibleHere.Select(n => ("", $"{n.Id}: {n.Reason}")));
        int hidden = report.Checks.Count - shown.Length;
        Section(console, $"{report.Summary()}{(hidden == 0 ? "" : $" The table leaves out the {hidden} that follow from another.")}", []);
    }

    private static void Section(IAnsiConsole console, string title, IEnumerable<(string Label, string Value)> items)
    {
        IReadOnlyList<string> fixes = [];
        Grid grid = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new(2, 0, 2, 0) }).AddColumn();
        foreach ((string label, string value) in items)
        {
            if (label == ReportRows.Fix)
                fixes = FixText.Codes(value);
            grid.AddRow(Cell(label), Cell(label == ReportRows.Fix ? FixText.Numbered(value) : value));
        }

        console.WriteLine();
        console.Write(Cell(title));
        console.WriteLine();
        console.Write(grid);
        if (fixes.Count > 0)
            console.Profile.Out.Writer.WriteLine($"  paste, {(fixes.Count == 1 ? "(1)" : $"(1) to ({fixes.Count})")}:");
        // Each in one piece, however long, and nothing beside it: what is broken into lines, or numbered, cannot be pasted.
        foreach (string fix in fixes)
            console.Profile.Out.Writer.WriteLine($"  {ReportRows.Plain(fix)}{(FixText.IsStatement(fix) ? ";" : "")}");
    }

    private static Text Cell(string text) => new(ReportRows.Plain(text));

    private static Text Word(Outcome outcome) => outcome switch
    {
        Outcome.Ok => new("ok", new Style(Color.Green)),
        Outcome.Failed => new("FAILED", new Style(Color.Red)),
        _ => new("unknown", new Style(Color.Yellow)),
    };
}
