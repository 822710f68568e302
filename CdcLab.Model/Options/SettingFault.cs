using System.Globalization;

namespace CdcLab.Model.Options;

/// <summary>One value that cannot be: which, what it was, what is wrong, and what would do. One line for a person.</summary>
/// <param name="Setting">The setting's name, e.g. <c>Lab:Kafka:Heap</c>.</param>
/// <param name="Value">The value as it was given; null where there is none.</param>
/// <param name="Problem">What is wrong with it.</param>
/// <param name="WouldDo">What would be right.</param>
public sealed record SettingFault(string Setting, string? Value, string Problem, string WouldDo)
{
    /// <inheritdoc/>
    public override string ToString() =>
        Value is null ? $"{Setting}: {Problem}; {WouldDo}" : $"{Setting} = {OneLine(Value)}: {Problem}; {WouldDo}";

    private static string OneLine(string value)
    {
        // Neither a line break nor a mark that turns the direction of writing may change what the terminal shows.
        string shown = string.Concat(value.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? ' ' : c));
        return shown.Length == 0 ? "(empty)" : shown.Length <= 120 ? shown : shown[..117] + "...";
    }
}
