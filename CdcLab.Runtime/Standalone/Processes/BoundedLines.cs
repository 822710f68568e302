using System.Runtime.CompilerServices;
using System.Text;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>Reads lines whose length somebody else decides: what is beyond the limit is counted, not kept.</summary>
internal static class BoundedLines
{
    /// <summary>The longest line that is kept, in characters.</summary>
    public const int Limit = 16 * 1024;

    /// <summary>Reads to the end.</summary>
    /// <param name="reader">What is read; not disposed of.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The lines, without their breaks (LF, CR LF).</returns>
    public static async IAsyncEnumerable<string> ReadAsync(TextReader reader, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        char[] buffer = new char[8 * 1024];
        StringBuilder line = new();
        long cut = 0;
        bool open = false;
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellationToken)) > 0)
        {
            int from = 0;
            while (from < read)
            {
                int end = Array.IndexOf(buffer, '\n', from, read - from);
                int until = end < 0 ? read : end;
                int kept = Math.Min(until - from, Limit - line.Length);
                line.Append(buffer, from, kept);
                cut += until - from - kept;
                open = end < 0;
                if (end >= 0)
                    yield return Take(line, ref cut);
                from = until + 1;
            }
        }

        if (open)
            yield return Take(line, ref cut);
    }

    private static string Take(StringBuilder line, ref long cut)
    {
        if (line.Length > 0 && line[^1] == '\r' && cut == 0)
            line.Length--;
        // Half of a pair of surrogates is no text.
        if (cut > 0 && char.IsHighSurrogate(line[^1]))
            line.Length--;
        string text = cut == 0 ? line.ToString() : $"{line} ... ({cut} more characters are cut off)";
        line.Clear();
        cut = 0;
        return text;
    }
}
