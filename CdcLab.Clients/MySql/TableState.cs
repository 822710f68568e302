namespace CdcLab.Clients.MySql;

/// <summary>A table as it is.</summary>
/// <param name="Kind"><c>BASE TABLE</c> or <c>VIEW</c>.</param>
/// <param name="Engine">The storage engine; null for a view.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Indexes">Its indexes, the primary key as <c>PRIMARY</c>: name and columns in order, e.g. <c>status, order_id</c>.</param>
/// <param name="ForeignKeys">Its foreign keys, e.g. <c>order_id -> orders (order_id)</c>.</param>
public sealed record TableState(string Kind, string? Engine, IReadOnlyList<ColumnState> Columns, IReadOnlyDictionary<string, string> Indexes, IReadOnlyList<string> ForeignKeys)
{
    /// <summary>Reads a table from <c>information_schema</c>, which shows what one has a privilege on.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="database">The database.</param>
    /// <param name="table">The table.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>The table; null where there is none.</returns>
    public static async Task<TableState?> ReadAsync(MySqlConnection connection, string database, string table, CancellationToken cancellationToken)
    {
        // Every column gets a name of ours: 8.0 and later show the names of information_schema in upper case.
        const string TableSql = "SELECT table_type AS kind, engine AS engine FROM information_schema.tables WHERE table_schema = @database AND table_name = @table";
        const string ColumnsSql = """
            SELECT column_name AS name, column_type AS type, is_nullable = 'YES' AS nullable, column_default AS `default`, extra AS extra
            FROM information_schema.columns WHERE table_schema = @database AND table_name = @table ORDER BY ordinal_position
            """;
        const string IndexesSql = """
            SELECT index_name AS name, CONCAT(COALESCE(column_name, CONCAT('(', expression, ')')), COALESCE(CONCAT('(', sub_part, ')'), '')) AS part
            FROM information_schema.statistics WHERE table_schema = @database AND table_name = @table ORDER BY index_name, seq_in_index
            """;
        const string ForeignSql = """
            SELECT constraint_name AS name, column_name AS `column`, referenced_table_schema AS other_database, referenced_table_name AS other_table, referenced_column_name AS other_column
            FROM information_schema.key_column_usage
            WHERE table_schema = @database AND table_name = @table AND referenced_table_name IS NOT NULL ORDER BY constraint_name, ordinal_position
            """;

        CommandDefinition Ask(string sql) => new(sql, new { database, table }, cancellationToken: cancellationToken);
        (string Kind, string? Engine)[] found = [.. await connection.QueryAsync<(string, string?)>(Ask(TableSql))];
        if (found.Length == 0)
            return null;
        IEnumerable<(string Name, string Type, int Nullable, string? Default, string Extra)> columns = await connection.QueryAsync<(string, string, int, string?, string)>(Ask(ColumnsSql));
        IEnumerable<(string Name, string Part)> indexes = await connection.QueryAsync<(string, string)>(Ask(IndexesSql));
        IEnumerable<(string Name, string Column, string Database, string Table, string OtherColumn)> foreign = await connection.QueryAsync<(string, string, string, string, string)>(Ask(ForeignSql));
        return new(
            found[0].Kind,
            found[0].Engine,
            [.. columns.Select(c => new ColumnState(c.Name, c.Type.ToString(), c.Nullable != 0, c.Default, c.Extra))],
            indexes.GroupBy(i => i.Name).ToDictionary(g => g.Key, g => string.Join(", ", g.Select(i => i.Part)), StringComparer.OrdinalIgnoreCase),
            [.. foreign.GroupBy(f => f.Name).Select(g => $"{List(g.Select(f => f.Column))} -> {(g.First().Database == database ? "" : g.First().Database + ".")}{g.First().Table} ({List(g.Select(f => f.OtherColumn))})")]);
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names);
}
