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

/// <summary>One difference of a table from what it must be.</summary>
/// <param name="Statements">What takes it away, in order, for MySQL as root.</param>
public sealed record TableDifference(string Text, IReadOnlyList<string> Statements);

/// <summary>How a table differs from what it must be. What is there beyond (a further index) is a difference only where it changes what CDC sees or what can be written.</summary>
public static class TableDifferences
{
    private const string Index = "index ", UniqueIndex = "unique index ", ExpressionIndex = "expression index ", FullText = "FULLTEXT index ", Spatial = "SPATIAL index ", ForeignKey = "foreign key ", Check = "check ", Column = "column ", PrimaryKey = "primary key", Invisible = " INVISIBLE";

    // Indexes that the schema has none of, and that are no mere help for reading: what can be written, or what MySQL keeps beside the table, is another with them.
    private static readonly string[] KeyKinds = [UniqueIndex, ExpressionIndex, FullText, Spatial];

    /// <summary>Each difference; none where the table is as it must be.</summary>
    public static IReadOnlyList<TableDifference> Of(TableSpec spec, TableState state)
    {
        string table = $"{OrdersSchema.Database}.{spec.Name}";
        // A copy of the table's rows would look up each foreign key, and wait for a transaction of the market that itself waits for this statement: neither sees the other.
        string alter = $"{(spec.ForeignKey is null ? "" : "SET SESSION foreign_key_checks = OFF; ")}ALTER TABLE {table}";
        if (state.Kind == "VIEW")
            return [new($"{spec.Name} is a {state.Kind.ToLowerInvariant()}, not a table", [$"DROP {state.Kind} {table}"])];
        List<TableDifference> differences = [];
        // First of all: a partitioned table takes no foreign key.
        if (state.Kind == "PARTITIONED TABLE")
            Add("it is partitioned", "REMOVE PARTITIONING");
        if (!string.Equals(state.Engine, "InnoDB", StringComparison.OrdinalIgnoreCase))
            Add($"its engine is {state.Engine}, not InnoDB", "ENGINE = InnoDB");
        if (!OrdersSchema.CharacterSet.EndsWith($" {state.Collation}", StringComparison.OrdinalIgnoreCase))
            Add($"the collation of new columns is {state.Collation}", $"DEFAULT {OrdersSchema.CharacterSet}");
        // What else differs (keys name columns) is told when they have their names again.
        (string From, string To)[] exchanged = Exchanged(spec, state);
        if (exchanged.Length > 0)
        {
            Add($"the names of the columns {string.Join(", ", exchanged.Select(e => e.To))} are exchanged", string.Join(", ", exchanged.Select(e => $"RENAME COLUMN {e.From} TO {e.To}")));
            return differences;
        }

        Dictionary<string, string> beyond = new(state.Parts, StringComparer.OrdinalIgnoreCase);
        List<TableDifference> later = [];
        Rename(spec, beyond, differences, alter);
        foreach ((string part, string definition) in Parts(spec))
        {
            bool isThere = beyond.Remove(part, out string? found);
            if (isThere && found == definition)
                continue;
            // To drop and add it would leave it as it is: MySQL sees no change.
            string[] changes = found == $"{definition}{Invisible}" ? [$"ALTER INDEX {part[Index.Length..]} VISIBLE"] : Change(spec, part, isThere, state);
            // What refers to columns is made when they are there; a missing primary key before another unique key goes: a column that counts needs one.
            (part.StartsWith(Column, StringComparison.Ordinal) || (part == PrimaryKey && !isThere) ? differences : later).Add(
                new(isThere ? $"{part} is {Plain(found!)}, not {Plain(definition)}" : $"{part} is missing{(part.StartsWith(Column, StringComparison.Ordinal) ? ", and what it held is lost" : "")}", [.. changes.Select(c => $"{alter} {c}")]));
        }

        foreach (string part in beyond.Keys.Where(p => !p.StartsWith(Index, StringComparison.Ordinal)))
            differences.Add(new($"{part} is not part of the schema", [beyond[part].StartsWith("ALTER ", StringComparison.Ordinal) ? beyond[part] : $"{alter} {Drop(part, state)}"]));
        differences.AddRange(later);
        // Binlog rows carry columns by position, not by name.
        if (differences.Count == 0 && !state.Columns.SequenceEqual(spec.Columns.Select(c => c.Name), StringComparer.OrdinalIgnoreCase))
            Add($"the columns are in another order: {string.Join(", ", state.Columns)}", string.Join(", ", spec.Columns.Select((c, i) => $"MODIFY COLUMN {c.Name} {c.Definition} {Place(spec, i)}")));
        return differences;

        void Add(string text, string change) => differences.Add(new(text, [$"{alter} {change}"]));
    }

    // Columns that are all there, each with what another of them must be: to change their definitions would mix what they hold.
    private static (string From, string To)[] Exchanged(TableSpec spec, TableState state)
    {
        ColumnSpec[] wrong = [.. spec.Columns.Where(c => state.Parts.TryGetValue(Column + c.Name, out string? found) && found != c.Definition)];
        (string[] From, string To)[] pairs = [.. wrong.Select(c => (wrong.Where(o => state.Parts[Column + o.Name] == c.Definition).Select(o => o.Name).ToArray(), c.Name))];
        return pairs.All(p => p.From.Length == 1) && pairs.DistinctBy(p => p.From[0]).Count() == pairs.Length ? [.. pairs.Select(p => (p.From[0], p.To))] : [];
    }

    // A column of another name with the same definition, where one is missing, was renamed: to drop it would lose what it holds.
    private static void Rename(TableSpec spec, Dictionary<string, string> found, List<TableDifference> differences, string alter)
    {
        HashSet<string> wanted = new(spec.Columns.Select(c => Column + c.Name), StringComparer.OrdinalIgnoreCase);
        foreach (ColumnSpec missing in spec.Columns.Where(c => !found.ContainsKey(Column + c.Name)))
        {
            if (found.FirstOrDefault(f => f.Key.StartsWith(Column, StringComparison.Ordinal) && !wanted.Contains(f.Key) && f.Value == missing.Definition).Key is not { } other)
                continue;
            found.Remove(other);
            found[Column + missing.Name] = missing.Definition;
            differences.Add(new($"{other} should be named {missing.Name}", [$"{alter} RENAME COLUMN {Name(other[Column.Length..])} TO {missing.Name}"]));
        }
    }

    private static string[] Change(TableSpec spec, string part, bool isThere, TableState state)
    {
        if (part == PrimaryKey)
            return [$"{(isThere ? "DROP PRIMARY KEY, " : "")}ADD PRIMARY KEY ({spec.PrimaryKey})"];
        if (part.StartsWith(ForeignKey, StringComparison.Ordinal))
            return [.. isThere ? [Drop(part, state)] : Array.Empty<string>(), $"ADD {spec.ForeignKeyDefinition!.Replace("REFERENCES ", $"REFERENCES {OrdersSchema.Database}.", StringComparison.Ordinal)}"];
        if (part.StartsWith(Index, StringComparison.Ordinal))
        {
            (string name, string columns) = spec.Indexes.First(i => part == Index + i.Name);
            // A unique index of that name is another part, and dropped for being beyond the schema before.
            return [$"{(isThere ? $"DROP KEY {name}, " : "")}ADD KEY {name} ({columns})"];
        }

        int at = spec.Columns.ToList().FindIndex(c => part == Column + c.Name);
        ColumnSpec column = spec.Columns[at];
        return [isThere ? $"MODIFY COLUMN {column.Name} {column.Definition}" : $"ADD COLUMN {column.Name} {column.Definition} {Place(spec, at)}"];
    }

    private static string Drop(string part, TableState state) =>
        part.StartsWith(ForeignKey, StringComparison.Ordinal) ? $"DROP FOREIGN KEY {Name(state.ForeignKeys[part])}"
        : KeyKinds.FirstOrDefault(k => part.StartsWith(k, StringComparison.Ordinal)) is { } kind ? $"DROP KEY {Name(part[kind.Length..])}"
        : part.StartsWith(Check, StringComparison.Ordinal) ? $"DROP CHECK {Name(part[Check.Length..])}"
        : part == PrimaryKey ? "DROP PRIMARY KEY"
        : $"DROP COLUMN {Name(part[Column.Length..])}";

    private static string Place(TableSpec spec, int at) => at == 0 ? "FIRST" : $"AFTER {spec.Columns[at - 1].Name}";

    // Backticks only where MySQL needs them: what is pasted stands between backticks itself.
    public static string Name(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(name[0]) ? name : SqlText.Identifier(name);

    private static string Plain(string definition) => definition.Length == 0 ? "without rules" : definition.Replace($"{OrdersSchema.CharacterSet} ", "", StringComparison.Ordinal);

    private static IEnumerable<(string Part, string Definition)> Parts(TableSpec spec) =>
    [
        .. spec.Columns.Select(c => (Column + c.Name, c.Definition)),
        (PrimaryKey, spec.PrimaryKey),
        .. spec.Indexes.Select(i => (Index + i.Name, i.Columns)),
        .. spec.ForeignKey is { } key ? [($"{ForeignKey}{key.Column} -> {key.Table} ({key.References})", "")] : Array.Empty<(string, string)>(),
    ];
}
