namespace CdcLab.Model.Schema;

/// <summary>One table as it must be.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Columns">Its columns, in order; all are NOT NULL.</param>
/// <param name="PrimaryKey">The primary key's column.</param>
/// <param name="Indexes">Further indexes: name and columns.</param>
/// <param name="ForeignKey">A foreign key: column, table, column; null for none.</param>
public sealed record TableSpec(
    string Name,
    IReadOnlyList<ColumnSpec> Columns,
    string PrimaryKey,
    IReadOnlyList<(string Name, string Columns)> Indexes,
    (string Column, string Table, string References)? ForeignKey = null)
{
    /// <summary>The statement that makes the table where it is missing; never changes one that is there.</summary>
    /// <returns>One SQL statement.</returns>
    public string CreateStatement()
    {
        IEnumerable<string> lines =
        [
            .. Columns.Select(c => $"{c.Name} {c.Type} NOT NULL{(c.Extra is null ? "" : " " + c.Extra)}"),
            $"PRIMARY KEY ({PrimaryKey})",
            .. Indexes.Select(i => $"KEY {i.Name} ({i.Columns})"),
            .. ForeignKey is { } f ? [$"CONSTRAINT {Name}_{f.Column} FOREIGN KEY ({f.Column}) REFERENCES {f.Table} ({f.References})"] : Array.Empty<string>(),
        ];
        return $"CREATE TABLE IF NOT EXISTS {Name} (\n  {string.Join(",\n  ", lines)}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
    }
}
