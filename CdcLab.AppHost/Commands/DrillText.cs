using CdcLab.AppHost.Drills;
using CdcLab.Model.Drills;
using Spectre.Console;

namespace CdcLab.AppHost.Commands;

/// <summary>Drills and their results for the terminal: a line for each, what is wrong below it.</summary>
internal static class DrillText
{
    private static readonly int NameWidth = AllDrills.InOrder.Max(d => d.Name.Length) + 2;

    public static string List(IReadOnlyList<Drill> drills, int width) => TextBlock.Render(width, ansi: false, console =>
    {
        GridColumn names = new() { NoWrap = true, Padding = new(2, 0, 0, 0), Width = NameWidth };
        Grid grid = new Grid().AddColumn(names).AddColumn(new GridColumn { Padding = new(0) });
        foreach (Drill drill in drills)
            grid.AddRow(drill.Name, drill.What);
        console.Write(grid);
    }).TrimEnd();

    public static string Result(DrillOutcome outcome, int width, bool ansi)
    {
        string lost = outcome switch
        {
            { Market: { Faults.Count: > 0 } market } => $"of {market.Commits:N0}, see below",
            { Result: { IsJudged: false } result } => $"not judged, of {result.Producers.Sum(p => p.Acknowledged):N0}",
            _ => $"{outcome.LostOf()} lost",
        };
        string waited = $"waited {(outcome.StallSeconds is { } seconds ? $"{seconds:0.0} s" : "unknown")}";
        string missed = outcome.IsMissed || outcome.Surprises.Count > 0 ? ": missed" : "";
        string rest = $"  {lost,-19}  {waited,-13}  predicted {outcome.Predicted()}{missed}";
        return Line(outcome.Drill, width, ansi, outcome.Judgement(), outcome.Faults.Count > 0 ? Color.Red : Color.Green, rest, [.. outcome.Faults, .. outcome.Surprises]);
    }

    public static string NotRun(DrillNotRun drill, int width, bool ansi) => Line(drill.Drill, width, ansi, "did not run", Color.Red, "", [drill.Reason]);

    /// <summary>All in one line.</summary>
    public static string Sum(DrillReport report)
    {
        (int ran, int notRun) = (report.Drills.Count, report.NotRun.Count);
        int failed = report.Drills.Count(d => d.Faults.Count > 0), missed = report.Drills.Count(d => d.IsMissed || d.Surprises.Count > 0);
        ProducerResult[] producers = [.. report.Drills.Select(d => d.Result).OfType<DrillResult>().Where(r => r.IsJudged).SelectMany(r => r.Producers)];
        MarketResult[] markets = [.. report.Drills.Select(d => d.Market).OfType<MarketResult>()];
        List<string> parts = [$"{ran + notRun} {(ran + notRun == 1 ? "drill" : "drills")}: {ran - failed} passed, {failed} failed, {notRun} did not run"];
        if (producers.Length > 0)
            parts.Add($"{producers.Sum(p => p.Lost):N0} of {producers.Sum(p => p.Acknowledged):N0} acknowledged messages lost");
        if (markets.Length > 0)
            parts.Add($"{markets.Sum(m => m.Commits):N0} commits of the market compared, {markets.Sum(m => m.Faults.Count)} of its checks failed");
        if (missed > 0)
            parts.Add($"{missed} not as predicted");
        return string.Join("; ", parts) + ".";
    }

    private static string Line(string drill, int width, bool ansi, string word, Color color, string rest, IReadOnlyList<string> below) =>
        TextBlock.Render(width, ansi, console =>
        {
            console.Write(new Padder(new Paragraph(drill.PadRight(NameWidth)).Append(word, new Style(color)).Append(rest), new(2, 0, 0, 0)));
            foreach (string line in below)
                console.Write(new Padder(new Text(ReportRows.Plain(line)), new(4, 0, 0, 0)));
        }).TrimEnd();
}
