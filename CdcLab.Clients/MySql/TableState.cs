namespace CdcLab.Clients.MySql;

/// <param name="Kind"><c>BASE TABLE</c> or <c>VIEW</c>.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Parts">Columns, keys and foreign keys, with their definitions as CREATE TABLE writes them.</param>
public sealed record TableState(string Kind, string? Engine, IReadOnlyList<string> Columns, IReadOnlyDictionary<string, string> Parts)
{
    // A text default is shown without its apostrophes; an expression is marked by DEFAULT_GENERATED.
    private const string ColumnsSql = """
        SELECT column_name, CONCAT_WS(' ', column_type, IF(is_nullable = 'YES', 'NULL', 'NOT NULL'),
          IF(column_default IS NULL, NULL, CONCAT('DEFAULT ', IF(extra LIKE '%DEFAULT_GENERATED%', UPPER(column_default), QUOTE(column_default)))),
          NULLIF(TRIM(UPPER(REPLACE(extra, 'DEFAULT_GENERATED', ''))), ''))
        FROM information_schema.columns WHERE table_schema = @database AND table_name = @table ORDER BY ordinal_position
        """;

    private const string KeysSql = """
        SELECT IF(index_name = 'PRIMARY', 'primary key', CONCAT('index ', index_name)), GROUP_CONCAT(
          COALESCE(LOWER(column_name), CONCAT('(', expression, ')')), COALESCE(CONCAT('(', sub_part, ')'), '') ORDER BY seq_in_index SEPARATOR ', ')
        FROM information_schema.statistics WHERE table_schema = @database AND table_name = @table GROUP BY index_name
        UNION SELECT CONCAT('foreign key ', GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR ', '), ' -> ',
          IF(referenced_table_schema = @database, '', CONCAT(referenced_table_schema, '.')), referenced_table_name,
          ' (', GROUP_CONCAT(referenced_column_name ORDER BY ordinal_position SEPARATOR ', '), ')'), ''
        FROM information_schema.key_column_usage WHERE table_schema = @database AND table_name = @table AND referenced_table_name IS NOT NULL
        GROUP BY constraint_name, referenced_table_schema, referenced_table_name
        """;

    /// <summary>Reads a table from <c>information_schema</c>, which shows what one has a privilege on; null where there is none.</summary>
    public static async Task<TableState?> ReadAsync(MySqlConnection connection, string database, string table, CancellationToken cancellationToken)
    {
        const string TableSql = "SELECT table_type, engine FROM information_schema.tables WHERE table_schema = @database AND table_name = @table";
        CommandDefinition Ask(string sql) => new(sql, new { database, table }, cancellationToken: cancellationToken);
        (string Kind, string? Engine)[] found = [.. await connection.QueryAsync<(string, string?)>(Ask(TableSql))];
        if (found.Length == 0)
            return null;
        (string Name, string Definition)[] columns = [.. await connection.QueryAsync<(string, string)>(Ask(ColumnsSql))];
        IEnumerable<(string Part, string Definition)> keys = await connection.QueryAsync<(string, string)>(Ask(KeysSql));
        Dictionary<string, string> parts = columns.Select(c => (Part: $"column {c.Name}", c.Definition)).Concat(keys)
            .ToDictionary(p => p.Part, p => p.Definition, StringComparer.OrdinalIgnoreCase);
        return new(found[0].Kind, found[0].Engine, [.. columns.Select(c => c.Name)], parts);
    }
}

/// <summary>How a table differs from what it must be. What is there beyond (a further index) is a difference only where it changes what CDC sees.</summary>
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
        Dictionary<string, string> beyond = new(state.Parts, StringComparer.OrdinalIgnoreCase);
        foreach ((string part, string definition) in Parts(spec))
        {
            if (!beyond.Remove(part, out string? found))
                differences.Add($"{part} is missing");
            else if (found != definition)
                differences.Add($"{part} is {found}, not {definition}");
        }

        differences.AddRange(beyond.Keys.Where(p => !p.StartsWith("index ", StringComparison.Ordinal)).Select(p => $"{p} is not part of the schema"));
        // Binlog rows carry columns by position, not by name.
        if (differences.Count == 0 && !state.Columns.SequenceEqual(spec.Columns.Select(c => c.Name), StringComparer.OrdinalIgnoreCase))
            differences.Add($"the columns are in another order: {string.Join(", ", state.Columns)}");
        return differences;
    }

    private static IEnumerable<(string Part, string Definition)> Parts(TableSpec spec) =>
    [
        .. spec.Columns.Select(c => ($"column {c.Name}", $"{c.Type} NOT NULL {c.Extra}".TrimEnd())),
        ("primary key", spec.PrimaryKey),
        .. spec.Indexes.Select(i => ($"index {i.Name}", i.Columns)),
        .. spec.ForeignKey is { } key ? [($"foreign key {key.Column} -> {key.Table} ({key.References})", "")] : Array.Empty<(string, string)>(),
    ];
}
