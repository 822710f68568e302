using System.Globalization;
using System.Text;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>A server's line as the dashboard's console takes it: its time in front, colours kept, and nothing in it that could do more than be read.</summary>
internal static class ConsoleText
{
    /// <summary>The longest line that is sent, in characters.</summary>
    public const int Limit = 16 * 1024;

    private const char Escape = '\u001b';
    private const int LongestColour = 24;

    public static string Of(LogLine line)
    {
        StringBuilder text = new(Math.Min(line.Text.Length, Limit) + 64);
        text.Append(line.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).Append(' ');
        ReadOnlySpan<char> rest = line.Text.AsSpan(0, Math.Min(line.Text.Length, Limit));
        while (!rest.IsEmpty)
        {
            if (rest[0] == Escape && ColourLength(rest) is > 0 and var colour)
            {
                text.Append(rest[..colour]);
                rest = rest[colour..];
                continue;
            }

            // Half a pair gives the replacement character.
            Rune.DecodeFromUtf16(rest, out Rune rune, out int taken);
            text.Append(Readable(rune));
            rest = rest[taken..];
        }

        if (line.Text.Length > Limit)
            text.Append(CultureInfo.InvariantCulture, $" ... ({line.Text.Length - Limit} more characters are cut off)");
        return text.ToString();
    }

    private static string Readable(Rune rune) => rune.Value switch
    {
        '\t' => "\t",
        < 0x20 => ((char)(0x2400 + rune.Value)).ToString(),
        0x7f => "\u2421",

        // The second set of control characters, line breaks of other kinds, and what turns the direction of writing.
        >= 0x80 and < 0xa0 or 0x2028 or 0x2029 or >= 0x202a and <= 0x202e or >= 0x2066 and <= 0x2069 => "\ufffd",
        _ => rune.ToString(),
    };

    // ESC [ numbers m, and nothing else that begins with ESC: the numbers of colours have three digits at most.
    private static int ColourLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[1] != '[')
            return 0;
        int digits = 0;
        for (int i = 2; i < Math.Min(text.Length, LongestColour); i++)
        {
            if (text[i] == 'm')
                return i + 1;
            digits = char.IsAsciiDigit(text[i]) ? digits + 1 : 0;
            if (digits > 3 || (digits == 0 && text[i] != ';'))
                return 0;
        }

        return 0;
    }
}
