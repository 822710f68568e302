namespace CdcLab.Clients.MySql;

/// <summary>A table as it is.</summary>
/// <param name="Kind"><c>BASE TABLE</c> or <c>VIEW</c>.</param>
/// <param name="Engine">The storage engine; null for a view.</param>
/// <param name="Columns">Its columns, in order: name, and the rest as CREATE TABLE writes it, e.g. <c>decimal(15,2) NOT NULL</c>.</param>
/// <param name="Indexes">Its indexes, the primary key as <c>PRIMARY</c>: name and columns in order, e.g. <c>status, order_id</c>.</param>
/// <param name="ForeignKeys">Its foreign keys, e.g. <c>order_id -> orders (order_id)</c>.</param>
public sealed record TableState(
    string Kind,
    string? Engine,
    IReadOnlyList<(string Name, string Definition)> Columns,
    IReadOnlyDictionary<string, string> Indexes,
    IReadOnlyList<string> ForeignKeys)
{
    /// <summary>Reads a table from <c>information_schema</c>, which shows what one has a privilege on; null where there is none.</summary>
    public static async Task<TableState?> ReadAsync(MySqlConnection connection, string database, string table, CancellationToken cancellationToken)
    {
        const string TableSql = "SELECT table_type, engine FROM information_schema.tables WHERE table_schema = @database AND table_name = @table";

        // A text default is shown without its apostrophes; an expression is marked by DEFAULT_GENERATED.
        const string ColumnsSql = """
            SELECT column_name, CONCAT_WS(' ', column_type, IF(is_nullable = 'YES', 'NULL', 'NOT NULL'),
              IF(column_default IS NULL, NULL, CONCAT('DEFAULT ', IF(extra LIKE '%DEFAULT_GENERATED%', UPPER(column_default), QUOTE(column_default)))),
              NULLIF(TRIM(UPPER(REPLACE(extra, 'DEFAULT_GENERATED', ''))), ''))
            FROM information_schema.columns WHERE table_schema = @database AND table_name = @table ORDER BY ordinal_position
            """;
        const string IndexesSql = """
            SELECT index_name, GROUP_CONCAT(COALESCE(column_name, CONCAT('(', expression, ')')), COALESCE(CONCAT('(', sub_part, ')'), '') ORDER BY seq_in_index SEPARATOR ', ')
            FROM information_schema.statistics WHERE table_schema = @database AND table_name = @table GROUP BY index_name
            """;
        const string ForeignSql = """
            SELECT CONCAT(GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR ', '), ' -> ',
              IF(referenced_table_schema = @database, '', CONCAT(referenced_table_schema, '.')), referenced_table_name,
              ' (', GROUP_CONCAT(referenced_column_name ORDER BY ordinal_position SEPARATOR ', '), ')')
            FROM information_schema.key_column_usage WHERE table_schema = @database AND table_name = @table AND referenced_table_name IS NOT NULL
            GROUP BY constraint_name, referenced_table_schema, referenced_table_name
            """;

        CommandDefinition Ask(string sql) => new(sql, new { database, table }, cancellationToken: cancellationToken);
        (string Kind, string? Engine)[] found = [.. await connection.QueryAsync<(string, string?)>(Ask(TableSql))];
        if (found.Length == 0)
            return null;
        IEnumerable<(string Name, string Definition)> columns = await connection.QueryAsync<(string, string)>(Ask(ColumnsSql));
        IEnumerable<(string Name, string Columns)> indexes = await connection.QueryAsync<(string, string)>(Ask(IndexesSql));
        IEnumerable<string> foreignKeys = await connection.QueryAsync<string>(Ask(ForeignSql));
        return new(found[0].Kind, found[0].Engine, [.. columns], indexes.ToDictionary(i => i.Name, i => i.Columns, StringComparer.OrdinalIgnoreCase), [.. foreignKeys]);
    }
}

/// <summary>How a table differs from what it must be, in words. What is there beyond (a further index) is a difference only where it changes what CDC sees.</summary>
public static class TableDifferences
{
    /// <summary>One line for each difference; none where the table is as it must be. The state is null where there is no table.</summary>
    public static IReadOnlyList<string> Of(TableSpec spec, TableState? state)
    {
        if (state is null)
            return [$"the table {spec.Name} is missing"];
        if (state.Kind != "BASE TABLE")
            return [$"{spec.Name} is a {state.Kind.ToLowerInvariant()}, not a table"];
        List<string> differences = [];
        if (!string.Equals(state.Engine, "InnoDB", StringComparison.OrdinalIgnoreCase))
            differences.Add($"its engine is {state.Engine}, not InnoDB");
        differences.AddRange(Columns(spec, state));
        differences.AddRange(Keys(spec, state));
        return differences;
    }

    private static IEnumerable<string> Columns(TableSpec spec, TableState state)
    {
        Dictionary<string, string> there = state.Columns.ToDictionary(c => c.Name, c => c.Definition, StringComparer.OrdinalIgnoreCase);
        string[] differences =
        [
            .. from column in spec.Columns
            let must = $"{column.Type} NOT NULL{(column.Extra is null ? "" : " " + column.Extra)}"
            let found = there.GetValueOrDefault(column.Name)
            where found != must
            select found is null ? $"column {column.Name} is missing" : $"column {column.Name} is {found}, not {must}",
            .. there.Keys.Except(spec.Columns.Select(c => c.Name), StringComparer.OrdinalIgnoreCase).Select(c => $"column {c} is not part of the schema"),
        ];
        // Binlog rows carry columns by position, not by name.
        return differences.Length > 0 || there.Keys.SequenceEqual(spec.Columns.Select(c => c.Name), StringComparer.OrdinalIgnoreCase)
            ? differences
            : [$"the columns are in another order: {string.Join(", ", there.Keys)}"];
    }

    private static IEnumerable<string> Keys(TableSpec spec, TableState state)
    {
        string? primary = state.Indexes.GetValueOrDefault("PRIMARY");
        if (!string.Equals(primary, spec.PrimaryKey, StringComparison.OrdinalIgnoreCase))
            yield return primary is null ? $"it has no primary key; it must be ({spec.PrimaryKey})" : $"the primary key is ({primary}), not ({spec.PrimaryKey})";
        foreach ((string name, string columns) in spec.Indexes)
        {
            string? found = state.Indexes.GetValueOrDefault(name);
            if (!string.Equals(found, columns, StringComparison.OrdinalIgnoreCase))
                yield return found is null ? $"the index {name} ({columns}) is missing" : $"the index {name} is on ({found}), not ({columns})";
        }

        string[] must = spec.ForeignKey is { } key ? [$"{key.Column} -> {key.Table} ({key.References})"] : [];
        foreach (string missing in must.Except(state.ForeignKeys, StringComparer.OrdinalIgnoreCase))
            yield return $"the foreign key {missing} is missing";
        foreach (string extra in state.ForeignKeys.Except(must, StringComparer.OrdinalIgnoreCase))
            yield return $"the foreign key {extra} is not part of the schema";
    }
}
