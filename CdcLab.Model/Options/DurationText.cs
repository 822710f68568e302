namespace CdcLab.Model.Options;

/// <summary>Times as people write them: <c>500ms</c>, <c>6s</c>, <c>5m</c>, <c>72h</c>, <c>3d</c> or <c>00:00:06</c>.</summary>
public static class DurationText
{
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)), ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a time.</summary>
    /// <param name="text">What a person wrote. A number without a unit is refused: it would be seconds to one reader and milliseconds to another.</param>
    /// <param name="time">The time, 0 or more.</param>
    /// <returns>Whether the text is a time.</returns>
    public static bool TryParse(string? text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        string trimmed = text?.Trim() ?? "";
        if (trimmed.Contains(':', StringComparison.Ordinal))
            return TryParseClock(trimmed, out time);

        foreach ((string suffix, TimeSpan unit) in Units)
        {
            if (!trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            if (!decimal.TryParse(trimmed[..^suffix.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)
                || count > TimeSpan.MaxValue.Ticks / unit.Ticks)
                return false;
            time = TimeSpan.FromTicks((long)(count * unit.Ticks));
            return true;
        }

        return false;
    }

    // .NET itself reads 72:00:00 as 72 days, which nobody means.
    private static bool TryParseClock(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        string[] parts = text.Split(':');
        if (parts[0].Contains('.', StringComparison.Ordinal))
            return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out time) && time >= TimeSpan.Zero;
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minutes)
            || !decimal.TryParse(parts[2], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            || minutes > 59 || seconds >= 60 || hours >= TimeSpan.MaxValue.TotalHours - 1)
            return false;
        time = TimeSpan.FromTicks((hours * TimeSpan.TicksPerHour) + (minutes * TimeSpan.TicksPerMinute) + (long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    /// <summary>Writes a time so that <see cref="TryParse"/> reads back the same: <c>6s</c>, <c>500ms</c>, <c>72h</c>, else <c>00:00:06.0001</c>.</summary>
    /// <param name="time">The time, 0 or more.</param>
    /// <returns>The text.</returns>
    public static string ToText(TimeSpan time)
    {
        if (time == TimeSpan.Zero)
            return "0s";
        if (time.Ticks % TimeSpan.TicksPerMillisecond != 0)
            return string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours:00}:{time:mm\\:ss\\.fffffff}");
        if (time.Ticks % TimeSpan.TicksPerSecond != 0)
            return string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / TimeSpan.TicksPerMillisecond}ms");
        long seconds = time.Ticks / TimeSpan.TicksPerSecond;
        if (seconds % 3600 == 0)
            return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}h");
        return seconds % 60 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m")
            : string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
    }
}
