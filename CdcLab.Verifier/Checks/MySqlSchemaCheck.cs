using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The tables are as the specification says. The lab creates missing ones at its start, and never alters one.</summary>
internal sealed class MySqlSchemaCheck(MySqlAccess access) : MySqlCheck(
    access, [.. OrdersSchema.Tables.Select(t => new Promise($"{Prefix}{t.Name}", ResourceNames.MySql, Expected(t), "what reads the changes relies on their columns and types")
    {
        How = "columns, keys, foreign keys with their rules, checks, collations and engine in information_schema",
        Remedy = "the ALTER TABLE statements of the verdict; a restart of mysql creates a table that is missing",
        Source = "specification, 2.4",
        Follows = ["mysql.grants.debezium"],
    })])
{
    private const string Prefix = "mysql.schema.";

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        TableSpec spec = OrdersSchema.Tables.First(t => promise.Id == Prefix + t.Name);
        if (await TableState.ReadAsync(connection, OrdersSchema.Database, spec.Name, cancellationToken) is not { } state)
        {
            return await IsHiddenAsync(connection, spec.Name, cancellationToken)
                ? promise.Unknown($"{DatabaseUser.Debezium.Account} may not see the table.", "See mysql.grants.debezium.")
                : promise.Failed($"the table {spec.Name} is missing", "Run `aspire resource mysql restart`: its start creates missing tables, empty. What the table held is lost; connectors need a new snapshot.");
        }

        IReadOnlyList<TableDifference> differences = TableDifferences.Of(spec, state);
        return differences.Count == 0
            ? promise.Ok(promise.Expected)
            : promise.Failed(string.Join("; ", differences.Select(d => d.Text)), Typed.AsRoot([.. differences.SelectMany(d => d.Statements)]));
    }

    private static string Expected(TableSpec table)
    {
        string indexes = $"{table.Indexes.Count} further {(table.Indexes.Count == 1 ? "index" : "indexes")}";
        return $"{table.Columns.Count} columns, primary key {table.PrimaryKey}, {indexes}{(table.ForeignKey is null ? "" : ", 1 foreign key")}, as the specification says";
    }

    private static bool IsDenied(MySqlException e) => e.ErrorCode is MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied;

    // information_schema does not show what one has no privilege on: "not there" and "not for you" look the same there.
    private static async Task<bool> IsHiddenAsync(MySqlConnection connection, string table, CancellationToken cancellationToken)
    {
        try
        {
            string sql = $"SELECT 1 FROM {SqlText.Identifier(OrdersSchema.Database)}.{SqlText.Identifier(table)} LIMIT 0";
            await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
            return false;
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownDatabase || IsDenied(e))
        {
            return IsDenied(e);
        }
    }
}

/// <summary>Every table that is not MySQL's own has a primary key: a connector that takes it in, and a replica, find its rows by nothing else.</summary>
internal sealed class MySqlPrimaryKeysCheck(MySqlAccess access) : MySqlCheck(
    access, new Promise("mysql.primary_keys", ResourceNames.MySql, "every table has a primary key", "without one changes have no key in Kafka, and a replica scans the whole table for each")
    {
        How = "tables without an index PRIMARY in information_schema, MySQL's own schemas left out",
        Remedy = "ALTER TABLE ... ADD PRIMARY KEY, or DROP TABLE where nobody needs it",
        Source = "Debezium's MySQL connector, \"Tables without primary keys\"",
        Follows = [.. OrdersSchema.Tables.Select(t => $"mysql.schema.{t.Name}")],
    })
{
    private const string Sql = """
        SELECT t.table_schema, t.table_name,
          (SELECT c.column_name FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.extra LIKE '%auto_increment%' LIMIT 1),
          EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.column_name = 'id')
        FROM information_schema.tables t
        WHERE t.table_type = 'BASE TABLE' AND t.table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema', 'ndbinfo')
          AND NOT EXISTS (SELECT 1 FROM information_schema.statistics s WHERE s.table_schema = t.table_schema AND s.table_name = t.table_name AND s.index_name = 'PRIMARY')
        ORDER BY t.table_schema, t.table_name
        """;

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        (string Schema, string Table, string? Counter, long HasId)[] without =
            [.. await connection.QueryAsync<(string, string, string?, long)>(new CommandDefinition(Sql, cancellationToken: cancellationToken))];
        if (without.Length == 0)
            return promise.Ok("every table has one");
        IEnumerable<string> statements = without.Select(t => $"ALTER TABLE {TableDifferences.Name(t.Schema)}.{TableDifferences.Name(t.Table)} ADD " + (t.Counter is { } counter
            ? $"PRIMARY KEY ({TableDifferences.Name(counter)})"
            : $"COLUMN {(t.HasId == 0 ? "id" : "row_id")} BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST"));
        return promise.Failed($"without: {string.Join(", ", without.Select(t => $"{t.Schema}.{t.Table}"))}", $"{Typed.AsRoot([.. statements])} A table that nobody needs is better dropped.");
    }
}
