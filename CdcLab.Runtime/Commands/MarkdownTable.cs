using System.Text;

namespace CdcLab.Runtime.Commands;

/// <summary>A table of Markdown whose cells cannot break it, nor be anything but text.</summary>
internal sealed class MarkdownTable
{
    private const string Meaning = "\\`*_{}[]<>#|!~";

    private readonly StringBuilder _text;

    public MarkdownTable(StringBuilder text, params string[] heads)
    {
        _text = text;
        Row(heads);
        _text.Append('|').Insert(_text.Length, " --- |", heads.Length).Append('\n');
    }

    public void Row(params string[] cells)
    {
        _text.Append('|');
        foreach (string cell in cells)
            _text.Append(' ').Append(Escape(cell)).Append(" |");
        _text.Append('\n');
    }

    /// <summary>A text that stands for itself in Markdown.</summary>
    public static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                escaped.Append(' ');
                continue;
            }

            if (Meaning.Contains(c, StringComparison.Ordinal))
                escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
