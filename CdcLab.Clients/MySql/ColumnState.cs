namespace CdcLab.Clients.MySql;

/// <summary>One column as <c>information_schema.columns</c> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, e.g. <c>decimal(15,2)</c>.</param>
/// <param name="Nullable">Whether it may be NULL.</param>
/// <param name="Default">Its default; null for none.</param>
/// <param name="Extra">What else, e.g. <c>auto_increment</c>.</param>
public sealed record ColumnState(string Name, string Type, bool Nullable, string? Default, string Extra);
