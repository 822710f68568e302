namespace CdcLab.Model.Schema;

/// <summary>The stock-order schema that CDC captures (specification, section 2.4).</summary>
public static class OrdersSchema
{
    public const string Database = "cdclab";

    /// <summary>The character set and the collation of every text, named because a server's own default can differ.</summary>
    public const string CharacterSet = "CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci";

    /// <summary>An order's life. Milliseconds in its times, because end-to-end latency is measured from them.</summary>
    public static TableSpec Orders { get; } = new(
        "orders",
        [
            new("order_id", "bigint", "AUTO_INCREMENT"),
            new("user_id", "bigint"),
            new("symbol", "varchar(20)"),
            new("order_type", "enum('BUY','SELL')"),
            new("quantity", "int"),
            new("price", "decimal(15,2)"),
            new("status", "enum('PENDING','FILLED','CANCELLED','PARTIAL')", "DEFAULT 'PENDING'"),
            new("created_at", "datetime(3)", "DEFAULT CURRENT_TIMESTAMP(3)"),
            new("updated_at", "datetime(3)", "DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"),
        ],
        PrimaryKey: "order_id",
        Indexes: [("orders_status", "status, order_id")]);

    /// <summary>The parts in which an order was executed.</summary>
    public static TableSpec OrderExecutions { get; } = new(
        "order_executions",
        [
            new("execution_id", "bigint", "AUTO_INCREMENT"),
            new("order_id", "bigint"),
            new("quantity", "int"),
            new("price", "decimal(15,2)"),
            new("executed_at", "datetime(3)", "DEFAULT CURRENT_TIMESTAMP(3)"),
        ],
        PrimaryKey: "execution_id",
        Indexes: [("order_executions_order", "order_id")],
        ForeignKey: ("order_id", "orders", "order_id"));

    /// <summary>All tables, in the order in which they can be made.</summary>
    public static IReadOnlyList<TableSpec> Tables { get; } = [Orders, OrderExecutions];
}

/// <summary>One table as it must be.</summary>
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
    /// <summary>The SQL statement that makes the table where it is missing; never changes one that is there.</summary>
    public string CreateStatement()
    {
        IEnumerable<string> lines =
        [
            .. Columns.Select(c => $"{c.Name} {c.Definition}"),
            $"PRIMARY KEY ({PrimaryKey})",
            .. Indexes.Select(i => $"KEY {i.Name} ({i.Columns})"),
            .. ForeignKeyDefinition is { } key ? [key] : Array.Empty<string>(),
        ];
        return $"CREATE TABLE IF NOT EXISTS {Name} (\n  {string.Join(",\n  ", lines)}\n) ENGINE=InnoDB DEFAULT {OrdersSchema.CharacterSet}";
    }

    public string? ForeignKeyName => ForeignKey is { } key ? $"{Name}_{key.Column}" : null;

    /// <summary>The foreign key as CREATE and ALTER TABLE write it; null for none.</summary>
    public string? ForeignKeyDefinition =>
        ForeignKey is { } key ? $"CONSTRAINT {ForeignKeyName} FOREIGN KEY ({key.Column}) REFERENCES {key.Table} ({key.References})" : null;
}

/// <summary>One column as it must be.</summary>
/// <param name="Type">Its type as <c>information_schema.columns.column_type</c> shows it, in lower case, e.g. <c>decimal(15,2)</c>.</param>
/// <param name="Extra">What follows the type in CREATE TABLE, e.g. <c>AUTO_INCREMENT</c> or a default; null for nothing.</param>
public sealed record ColumnSpec(string Name, string Type, string? Extra = null)
{
    /// <summary>Whether it has a character set and a collation.</summary>
    public bool IsText => Type.StartsWith("varchar", StringComparison.Ordinal) || Type.StartsWith("enum", StringComparison.Ordinal);

    /// <summary>What follows its name in CREATE and ALTER TABLE.</summary>
    public string Definition => $"{Type}{(IsText ? $" {OrdersSchema.CharacterSet}" : "")} NOT NULL{(Extra is null ? "" : " " + Extra)}";
}
