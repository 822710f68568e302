using System.Globalization;
using System.Text;
using CdcLab.Model.Options;

namespace CdcLab.Verifier.Report;

/// <summary>Writes Markdown: headings, paragraphs, tables whose cells cannot break them.</summary>
internal sealed class Markdown
{
    private readonly StringBuilder _text = new();

    public static string Size(long? bytes) => bytes is { } known ? ByteSize.ToMiB(known) : "not known";

    public static string Milliseconds(double? value) => value is { } known ? known.ToString("0.0", CultureInfo.InvariantCulture) : "-";

    public Markdown Heading(int level, string text)
    {
        _text.Append('#', level).Append(' ').Append(text).Append("\n\n");
        return this;
    }

    public Markdown Paragraph(string text)
    {
        _text.Append(text).Append("\n\n");
        return this;
    }

    public Markdown Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        Row(heads);
        Row([.. heads.Select(_ => "---")]);
        foreach (IReadOnlyList<string> row in rows)
            Row(row);
        _text.Append('\n');
        return this;
    }

    public Markdown List(IEnumerable<string> items)
    {
        foreach (string item in items)
            _text.Append("- ").Append(item).Append('\n');
        _text.Append('\n');
        return this;
    }

    public override string ToString() => _text.ToString().TrimEnd() + "\n";

    private void Row(IReadOnlyList<string> cells)
    {
        _text.Append('|');
        foreach (string cell in cells)
            _text.Append(' ').Append(cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ")).Append(" |");
        _text.Append('\n');
    }
}
