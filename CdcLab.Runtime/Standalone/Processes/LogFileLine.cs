using System.Globalization;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>How a line stands in a log file: its time in UTC, <c>|</c> or, for standard error, <c>!</c>, and its text.</summary>
internal static class LogFileLine
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int TimeLength = 24;

    public static string Write(LogLine line) =>
        string.Create(CultureInfo.InvariantCulture, $"{line.At.UtcDateTime.ToString(Time, CultureInfo.InvariantCulture)} {(line.IsError ? '!' : '|')} {line.Text}");

    /// <summary>Reads a line back.</summary>
    /// <returns>The line; what is not of this form (an older version's) is its own text, at the time of the line before it.</returns>
    public static LogLine Read(string text, DateTimeOffset before) =>
        text.Length >= TimeLength + 3 && text[TimeLength] == ' ' && text[TimeLength + 1] is '|' or '!' && text[TimeLength + 2] == ' '
            && DateTimeOffset.TryParseExact(text.AsSpan(0, TimeLength), Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at)
            ? new(at, text[TimeLength + 1] == '!', text[(TimeLength + 3)..])
            : new(before, false, text);
}
