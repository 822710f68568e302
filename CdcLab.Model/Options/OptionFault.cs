namespace CdcLab.Model.Options;

/// <summary>A value that is refused: which, what it was, what is wrong, and what to do instead. One line for a person.</summary>
/// <param name="Setting">The setting's key, e.g. <c>Lab:Kafka:Heap</c>.</param>
/// <param name="Value">The value as it was given; null where there is none.</param>
/// <param name="Problem">What is wrong, and after a semicolon what to do instead.</param>
public sealed record OptionFault(string Setting, string? Value, string Problem)
{
    private const int LongestShown = 120;

    /// <inheritdoc/>
    public override string ToString() => OneLine(Setting) + (Value is null ? "" : $" = {OneLine(Value)}") + $": {Problem}";

    // Neither a line break nor a mark that turns the direction of writing may change what the terminal shows.
    private static string OneLine(string value)
    {
        string shown = string.Concat(value.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? ' ' : c));
        return shown.Length == 0 ? "(empty)" : shown.Length <= LongestShown ? shown : shown[..(LongestShown - 3)] + "...";
    }
}
