namespace CdcLab.Model.Options;

/// <summary>Times as people write them: <c>500ms</c>, <c>6s</c>, <c>5m</c>, <c>72h</c>, <c>3d</c> or <c>00:00:06</c>.</summary>
public static class DurationText
{
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Reads a time of 0 or more. A number without a unit is refused: it would be seconds to one reader and milliseconds to another.</summary>
    public static bool TryParse(string? text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        string trimmed = text?.Trim() ?? "";
        if (trimmed.Contains(':', StringComparison.Ordinal))
            return TryParseClock(trimmed, out time);
        // The last one: what ends in ms ends in s, too.
        (string? suffix, long ticks) = Units.LastOrDefault(u => trimmed.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase));
        if (suffix is null
            || !decimal.TryParse(trimmed[..^suffix.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal count)
            || count > TimeSpan.MaxValue.Ticks / ticks)
            return false;
        time = TimeSpan.FromTicks((long)(count * ticks));
        return true;
    }

    // .NET itself reads 72:00:00 as 72 days, which nobody means.
    private static bool TryParseClock(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        string[] parts = text.Split(':');
        if (parts.Length != 3)
            return false;
        if (int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int hours))
            text = $"{hours / 24}.{hours % 24:00}:{parts[1]}:{parts[2]}";
        return TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out time) && time >= TimeSpan.Zero;
    }

    /// <summary>A text that <see cref="TryParse"/> reads back as the same time: <c>6s</c>, <c>500ms</c>, <c>72h</c>, else <c>00:00:06.0001000</c>.</summary>
    public static string ToText(TimeSpan time)
    {
        if (time == TimeSpan.Zero)
            return "0s";
        // Hours at most: what is set as 72h is not shown as 3d.
        (string? suffix, long ticks) = Units.Skip(1).FirstOrDefault(u => time.Ticks % u.Ticks == 0);
        return suffix is null
            ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours:00}:{time:mm\\:ss\\.fffffff}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Ticks / ticks}{suffix}");
    }
}

/// <summary>The range of an option that is a time, in the form of <see cref="DurationText"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute(string least, string most) : ValidationAttribute
{
    public string Least { get; } = least;
    public string Most { get; } = most;

    /// <summary>The unit in which the server counts it: a part of it would be lost without a word. Null for any.</summary>
    public string? Unit { get; set; }

    public override bool IsValid(object? value) =>
        value is TimeSpan time && time >= Time(Least) && time <= Time(Most) && (Unit is null || time.Ticks % Time(Unit).Ticks == 0);

    public override string FormatErrorMessage(string name) => Unit is null
        ? $"is out of range; use {Least} to {Most}"
        : $"is out of range or not a multiple of {Unit}; use {Least} to {Most} in steps of {Unit}";

    private static TimeSpan Time(string text) => DurationText.TryParse(text, out TimeSpan time) ? time : throw new FormatException($"'{text}' is not a time.");
}
