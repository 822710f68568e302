using CdcLab.Model.Live;
using Spectre.Console;

namespace CdcLab.AppHost.Output;

/// <summary>The table of verdicts, and the line that sums them up.</summary>
internal static class VerdictTable
{
    private const int LongestCell = 110;
    private const int WideEnough = 120;

    public static void Print(LabReport report)
    {
        Table table = new() { Border = TableBorder.Rounded };
        bool wide = ResourceTable.Width() >= WideEnough;
        foreach (string column in (string[])["verdict", "check"])
            table.AddColumn(new TableColumn(column).NoWrap());
        foreach (string column in wide ? (string[])["expected", "actual"] : ["actual"])
            table.AddColumn(column);
        foreach (Verdict verdict in report.Checks)
        {
            Text[] cells = [Word(verdict.Outcome), new(verdict.Id), .. wide ? [new Text(Short(verdict.Expected))] : Array.Empty<Text>(), new(Short(verdict.Actual ?? verdict.Because ?? ""))];
            table.AddRow(cells);
        }

        ResourceTable.Print(table);

        foreach (Verdict verdict in report.Checks.Where(v => v.Outcome != Outcome.Ok))
        {
            Terminal.Line($"{verdict.Outcome.ToString().ToLowerInvariant()}: {verdict.Id}{(verdict.Because is null ? "" : $": {verdict.Because}")}");
            if (verdict.Fix is not null)
                Terminal.Line($"    {verdict.Fix}");
        }

        foreach (NotPossible item in report.NotPossibleHere)
            Terminal.Line($"not possible here: {item.Id}: {item.Reason}");
        Terminal.Line(Sum(report));
    }

    private static string Sum(LabReport report)
    {
        int Count(Outcome outcome) => report.Checks.Count(v => v.Outcome == outcome);
        return $"{report.Checks.Count} checks: {Count(Outcome.Ok)} ok, {Count(Outcome.Failed)} failed, {Count(Outcome.Unknown)} unknown; {report.NotPossibleHere.Count} not possible here.";
    }

    // The report and the JSON have it whole.
    private static string Short(string text) => text.Length <= LongestCell ? text : string.Concat(text.AsSpan(0, LongestCell - 1), "…");

    private static Text Word(Outcome outcome) => outcome switch
    {
        Outcome.Ok => new("ok", new Style(Color.Green)),
        Outcome.Failed => new("FAILED", new Style(Color.Red)),
        _ => new("unknown", new Style(Color.Yellow)),
    };
}
