namespace CdcLab.Clients.MySql;

/// <param name="Kind"><c>BASE TABLE</c>, <c>PARTITIONED TABLE</c> or <c>VIEW</c>.</param>
/// <param name="Collation">The collation that a new text column gets.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Parts">Columns, keys, foreign keys and checks, with their definitions as CREATE TABLE writes them.</param>
/// <param name="ForeignKeys">The names of its foreign keys, by the part that each is.</param>
public sealed record TableState(
    string Kind, string? Engine, string? Collation, IReadOnlyList<string> Columns, IReadOnlyDictionary<string, string> Parts, IReadOnlyDictionary<string, string> ForeignKeys)
{
    // A text default is shown without its apostrophes; an expression is marked by DEFAULT_GENERATED.
    private const string ColumnsSql = """
        SELECT column_name, CONCAT_WS(' ', column_type, CONCAT('CHARACTER SET ', character_set_name, ' COLLATE ', collation_name), IF(is_nullable = 'YES', 'NULL', 'NOT NULL'),
          IF(column_default IS NULL, NULL, CONCAT('DEFAULT ', IF(extra LIKE '%DEFAULT_GENERATED%', UPPER(column_default), QUOTE(column_default)))),
          NULLIF(TRIM(UPPER(REPLACE(extra, 'DEFAULT_GENERATED', ''))), ''))
        FROM information_schema.columns WHERE table_schema = @database AND table_name = @table ORDER BY ordinal_position
        """;

    private const string KeysSql = """
        SELECT IF(index_name = 'PRIMARY', 'primary key', CONCAT(IF(COUNT(expression) > 0, 'expression index ', IF(index_type IN ('FULLTEXT', 'SPATIAL'), CONCAT(index_type, ' index '), IF(non_unique, 'index ', 'unique index '))), index_name)), CONCAT(GROUP_CONCAT(
          COALESCE(LOWER(column_name), CONCAT('(', expression, ')')), COALESCE(CONCAT('(', sub_part, ')'), ''), IF(collation = 'D', ' DESC', '') ORDER BY seq_in_index SEPARATOR ', '),
          IF(MIN(is_visible) = 'NO', ' INVISIBLE', ''))
        FROM information_schema.statistics WHERE table_schema = @database AND table_name = @table GROUP BY index_name, non_unique, index_type
        UNION SELECT CONCAT('check ', constraint_name), '' FROM information_schema.table_constraints
        WHERE table_schema = @database AND table_name = @table AND constraint_type = 'CHECK'
        """;

    // What stands elsewhere and holds for the table, each with the statement that takes it away.
    private static readonly string BesideSql = $"""
        SELECT CONCAT('row format ', row_format), CONCAT('ALTER TABLE ', table_schema, '.', table_name, ' ROW_FORMAT = DYNAMIC') FROM information_schema.tables
        WHERE table_schema = @database AND table_name = @table AND row_format <> 'Dynamic'
        UNION SELECT CONCAT('reference by ', constraint_schema, '.', table_name, ' (', constraint_name, ')'),
          CONCAT('ALTER TABLE `', REPLACE(constraint_schema, '`', '``'), '`.`', REPLACE(table_name, '`', '``'), '` DROP FOREIGN KEY `', REPLACE(constraint_name, '`', '``'), '`')
        FROM information_schema.referential_constraints WHERE unique_constraint_schema = @database AND referenced_table_name = @table
          AND NOT (constraint_schema = @database AND '{OrdersSchema.OrderExecutions.Name}' = table_name)
          AND NOT (constraint_schema = @database AND constraint_name = '{OrdersSchema.OrderExecutions.ForeignKeyName}')
        UNION SELECT CONCAT('default collation ', default_collation_name, ' of the database'), 'ALTER DATABASE {OrdersSchema.Database} {OrdersSchema.CharacterSet}' FROM information_schema.schemata
        WHERE schema_name = @database AND @table = '{OrdersSchema.Orders.Name}' AND NOT '{OrdersSchema.CharacterSet}' LIKE CONCAT('% ', default_collation_name)
        """;

    // RESTRICT and NO ACTION are the same in InnoDB, and the default.
    private const string ForeignKeysSql = """
        SELECT CONCAT('foreign key ', GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position SEPARATOR ', '), ' -> ',
          IF(k.referenced_table_schema = @database, '', CONCAT(k.referenced_table_schema, '.')), k.referenced_table_name,
          ' (', GROUP_CONCAT(k.referenced_column_name ORDER BY k.ordinal_position SEPARATOR ', '), ')'), CONCAT_WS(' ',
          IF(r.delete_rule IN ('RESTRICT', 'NO ACTION'), NULL, CONCAT('ON DELETE ', r.delete_rule)), IF(r.update_rule IN ('RESTRICT', 'NO ACTION'), NULL, CONCAT('ON UPDATE ', r.update_rule))),
          k.constraint_name
        FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
          ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
        WHERE k.table_schema = @database AND k.table_name = @table AND k.referenced_table_name IS NOT NULL
        GROUP BY k.constraint_name, k.referenced_table_schema, k.referenced_table_name, r.delete_rule, r.update_rule
        """;

    /// <summary>Reads a table from <c>information_schema</c>, which shows what one has a privilege on; null where there is none.</summary>
    public static async Task<TableState?> ReadAsync(MySqlConnection connection, string database, string table, CancellationToken cancellationToken)
    {
        const string TableSql = """
            SELECT IF(create_options LIKE '%partitioned%', 'PARTITIONED TABLE', table_type), engine, table_collation FROM information_schema.tables WHERE table_schema = @database AND table_name = @table
            """;
        CommandDefinition Ask(string sql) => new(sql, new { database, table }, cancellationToken: cancellationToken);
        (string Kind, string? Engine, string? Collation)[] found = [.. await connection.QueryAsync<(string, string?, string?)>(Ask(TableSql))];
        if (found.Length == 0)
            return null;
        (string Name, string Definition)[] columns = [.. await connection.QueryAsync<(string, string)>(Ask(ColumnsSql))];
        IEnumerable<(string Part, string Definition)> keys = (await connection.QueryAsync<(string, string)>(Ask(KeysSql))).Concat(await connection.QueryAsync<(string, string)>(Ask(BesideSql)));
        (string Part, string Rules, string Name)[] foreignKeys = [.. await connection.QueryAsync<(string, string, string)>(Ask(ForeignKeysSql))];
        Dictionary<string, string> parts = columns.Select(c => (Part: $"column {c.Name}", c.Definition)).Concat(keys).Concat(foreignKeys.DistinctBy(k => k.Part).Select(k => (k.Part, Definition: k.Rules)))
            .ToDictionary(p => p.Part, p => p.Definition, StringComparer.OrdinalIgnoreCase);
        Dictionary<string, string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string part, _, string name) in foreignKeys)
            names[part] = name;
        return new(found[0].Kind, found[0].Engine, found[0].Collation, [.. columns.Select(c => c.Name)], parts, names);
    }
}
