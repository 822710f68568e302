namespace CdcLab.Model.Options;

/// <summary>An option that is a time, written as people write times (<see cref="DurationText"/>).</summary>
/// <param name="least">The shortest that is allowed.</param>
/// <param name="most">The longest that is allowed.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute(string least, string most) : ValidationAttribute
{
    /// <summary>The shortest that is allowed.</summary>
    public string Least { get; } = least;

    /// <summary>The longest that is allowed.</summary>
    public string Most { get; } = most;

    /// <summary>The unit in which the server counts it: a part of it would be lost without a word. Null for any.</summary>
    public string? Unit { get; set; }

    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is TimeSpan time && time >= Time(Least) && time <= Time(Most) && (Unit is null || time.Ticks % Time(Unit).Ticks == 0);

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"is out of range{(Unit is null ? "" : $" or not a multiple of {Unit}")}; use {Least} to {Most}{(Unit is null ? "" : $" in steps of {Unit}")}";

    private static TimeSpan Time(string text) => DurationText.TryParse(text, out TimeSpan time) ? time : throw new FormatException($"'{text}' is not a time.");
}
