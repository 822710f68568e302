namespace CdcLab.Clients.MySql;

/// <summary>One difference of a table from what it must be.</summary>
/// <param name="Statements">What takes it away, in order, for MySQL as root.</param>
/// <param name="IsMovedKey">A foreign key is missing, or refers to what it must not: it goes with the table that it refers to, wherever that was moved.</param>
public sealed record TableDifference(string Text, IReadOnlyList<string> Statements, bool IsMovedKey = false);

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
                new(isThere ? $"{part} is {Plain(found!)}, not {Plain(definition)}" : $"{part} is missing{(part.StartsWith(Column, StringComparison.Ordinal) ? ", and what it held is lost" : "")}", [.. changes.Select(c => $"{alter} {c}")], !isThere && part.StartsWith(ForeignKey, StringComparison.Ordinal)));
        }

        foreach (string part in beyond.Keys.Where(p => !p.StartsWith(Index, StringComparison.Ordinal)))
            differences.Add(new($"{part} is not part of the schema", [beyond[part].StartsWith("ALTER ", StringComparison.Ordinal) ? beyond[part] : $"{alter} {Drop(part, state)}"], part.StartsWith(ForeignKey, StringComparison.Ordinal)));
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
