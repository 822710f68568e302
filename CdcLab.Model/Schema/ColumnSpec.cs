namespace CdcLab.Model.Schema;

/// <summary>One column as it must be.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">Its type as <c>information_schema.columns.column_type</c> shows it, in lower case, e.g. <c>decimal(15,2)</c>.</param>
/// <param name="Extra">What follows the type in CREATE TABLE, e.g. <c>AUTO_INCREMENT</c> or a default; null for nothing.</param>
public sealed record ColumnSpec(string Name, string Type, string? Extra = null);
