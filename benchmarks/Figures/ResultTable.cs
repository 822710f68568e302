using System.Text;

namespace CdcLab.Benchmarks.Figures;

/// <summary>The result as Markdown.</summary>
internal static class ResultTable
{
    public static string Write(IReadOnlyList<Row> rows, IReadOnlyList<string> notes)
    {
        StringBuilder text = new();
        Line(text, ["number", "measured", "peer", "ratio", "target", "met", "N"]);
        Line(text, ["---", "---", "---", "---", "---", "---", "---"]);
        foreach (Row row in rows)
            Line(text, [row.Number, row.Value, row.Peer, row.Ratio, row.Target, row.Met switch { true => "yes", false => "**no**", null => "" }, row.N]);
        text.Append('\n');
        foreach (string note in notes)
            text.Append("- ").Append(note).Append('\n');
        return text.ToString();
    }

    private static void Line(StringBuilder text, IReadOnlyList<string> cells)
    {
        text.Append('|');
        foreach (string cell in cells)
            text.Append(' ').Append(cell.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |");
        text.Append('\n');
    }
}
