namespace CdcLab.Clients.MySql;

/// <summary>How a table differs from what it must be, in words. What is there beyond (a further index) is a difference only where it changes what CDC sees.</summary>
public static class TableDifferences
{
    /// <summary>Compares.</summary>
    /// <param name="spec">The table as it must be.</param>
    /// <param name="state">The table as it is; null where there is none.</param>
    /// <returns>One line for each difference; empty for none.</returns>
    public static IReadOnlyList<string> Of(TableSpec spec, TableState? state)
    {
        if (state is null)
            return [$"the table {spec.Name} is missing"];
        if (state.Kind != "BASE TABLE")
            return [$"{spec.Name} is a {state.Kind.ToLowerInvariant()}, not a table"];
        List<string> differences = [];
        if (!string.Equals(state.Engine, "InnoDB", StringComparison.OrdinalIgnoreCase))
            differences.Add($"its engine is {state.Engine}, not InnoDB");
        Columns(spec, state, differences);
        Keys(spec, state, differences);
        return differences;
    }

    private static void Columns(TableSpec spec, TableState state, List<string> differences)
    {
        Dictionary<string, ColumnState> there = state.Columns.ToDictionary(c => c.Name, StringComparer.OrdinalIgnoreCase);
        foreach (ColumnSpec column in spec.Columns)
        {
            if (!there.TryGetValue(column.Name, out ColumnState? found))
            {
                differences.Add($"column {column.Name} is missing");
                continue;
            }

            if (found.Type != column.Type)
                differences.Add($"column {column.Name} is {found.Type}, not {column.Type}");
            if (found.Nullable)
                differences.Add($"column {column.Name} may be NULL");
            string isExtra = Extra(found);
            string mustExtra = Normal(column.Extra ?? "");
            if (isExtra != mustExtra)
                differences.Add($"column {column.Name} has {(isExtra.Length == 0 ? "no default or extra" : isExtra)}, not {(mustExtra.Length == 0 ? "none" : mustExtra)}");
        }

        HashSet<string> known = new(spec.Columns.Select(c => c.Name), StringComparer.OrdinalIgnoreCase);
        foreach (ColumnState extra in state.Columns.Where(c => !known.Contains(c.Name)))
            differences.Add($"column {extra.Name} is not part of the schema");
        // Binlog rows carry columns by position, not by name.
        if (differences.Count == 0 && !state.Columns.Select(c => c.Name).SequenceEqual(spec.Columns.Select(c => c.Name), StringComparer.OrdinalIgnoreCase))
            differences.Add($"the columns are in another order: {string.Join(", ", state.Columns.Select(c => c.Name))}");
    }

    private static void Keys(TableSpec spec, TableState state, List<string> differences)
    {
        string? primary = state.Indexes.GetValueOrDefault("PRIMARY");
        if (!string.Equals(primary, spec.PrimaryKey, StringComparison.OrdinalIgnoreCase))
            differences.Add(primary is null ? $"it has no primary key; it must be ({spec.PrimaryKey})" : $"the primary key is ({primary}), not ({spec.PrimaryKey})");
        foreach ((string name, string columns) in spec.Indexes)
        {
            string? found = state.Indexes.GetValueOrDefault(name);
            if (!string.Equals(found, columns, StringComparison.OrdinalIgnoreCase))
                differences.Add(found is null ? $"the index {name} ({columns}) is missing" : $"the index {name} is on ({found}), not ({columns})");
        }

        string[] must = spec.ForeignKey is { } key ? [$"{key.Column} -> {key.Table} ({key.References})"] : [];
        foreach (string missing in must.Except(state.ForeignKeys, StringComparer.OrdinalIgnoreCase))
            differences.Add($"the foreign key {missing} is missing");
        foreach (string extra in state.ForeignKeys.Except(must, StringComparer.OrdinalIgnoreCase))
            differences.Add($"the foreign key {extra} is not part of the schema");
    }

    // As CREATE TABLE writes it. information_schema shows a text default without its apostrophes, and marks an expression's with DEFAULT_GENERATED.
    private static string Extra(ColumnState column)
    {
        bool generated = column.Extra.Contains("DEFAULT_GENERATED", StringComparison.OrdinalIgnoreCase);
        string rest = Normal(column.Extra.Replace("DEFAULT_GENERATED", "", StringComparison.OrdinalIgnoreCase));
        string fallback = column.Default is null ? "" : generated ? $"DEFAULT {column.Default.ToUpperInvariant()}" : $"DEFAULT '{column.Default}'";
        return Normal($"{fallback} {rest}");
    }

    // Upper case outside apostrophes, single blanks.
    private static string Normal(string text)
    {
        string[] parts = text.Split('\'');
        for (int i = 0; i < parts.Length; i += 2)
            parts[i] = string.Join(' ', parts[i].ToUpperInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries)) is var words && i + 1 < parts.Length && words.Length > 0 ? words + " " : words;
        return string.Join('\'', parts);
    }
}
