using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The tables are as the specification says. The lab creates missing ones at its start, and never alters one.</summary>
internal sealed class MySqlSchemaCheck(MySqlAccess access) : MySqlCheck(
    access, [.. OrdersSchema.Tables.Select(t => new Promise($"{Prefix}{t.Name}", ResourceNames.MySql, Expected(t), "what reads the changes relies on their columns and types")
    {
        How = "columns, keys, foreign keys with their rules, checks, collations, engine and row format in information_schema, and foreign keys of other tables to it; "
            + "between which tables the market's foreign key lies",
        Remedy = "the ALTER TABLE statements of the verdict; RENAME TABLE where another table was put in its place; "
            + "a restart of mysql creates a table that is missing",
        Source = "specification, 2.4",
        Follows = ["mysql.grants.debezium", "mysql.dynamic_settings"],
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
                : await RenamedAsync(connection, spec, cancellationToken) is { } other
                ? promise.Failed($"the table {spec.Name} is missing; {other} has its columns", Typed.AsRoot(Rename(other, spec)))
                : promise.Failed($"the table {spec.Name} is missing", "Run `aspire resource mysql restart`: its start creates missing tables, empty. What the table held is lost; connectors need a new snapshot.");
        }

        if (await SwappedAsync(connection, spec, state, cancellationToken) is { } key)
        {
            string fix = $"{Typed.AsRoot([.. key.SwapBack(spec)])} What was written to the new table goes along: "
                + "an order takes the place of the old one whose id it was given again, which is lost; executions get new ids.";
            return promise.Failed($"another table stands in its place: the rows and the foreign key are those of {key.Old(spec)}", fix)
                with
            { Follows = [.. promise.Follows, .. spec.ForeignKey is { } parent ? [$"{Prefix}{parent.Table}"] : Array.Empty<string>()] };
        }

        IReadOnlyList<TableDifference> differences = TableDifferences.Of(spec, state);
        if (differences.Count == 0)
            return promise.Ok(promise.Expected);
        // A view hides the table that it was put in place of.
        if (state.Kind == "VIEW" && await RenamedAsync(connection, spec, cancellationToken) is { } hidden)
            return promise.Failed($"{differences[0].Text}; {hidden} has its columns", Typed.AsRoot([.. differences[0].Statements, Rename(hidden, spec)]));
        Verdict failed = promise.Failed(string.Join("; ", differences.Select(d => d.Text)), Typed.AsRoot([.. differences.SelectMany(d => d.Statements)]));
        return differences.All(d => d.IsMovedKey) ? failed with { Follows = [.. promise.Follows, $"{Prefix}{spec.ForeignKey?.Table}"] } : failed;
    }

    private static string Expected(TableSpec table)
    {
        string indexes = $"{table.Indexes.Count} further {(table.Indexes.Count == 1 ? "index" : "indexes")}";
        return $"{table.Columns.Count} columns, primary key {table.PrimaryKey}, {indexes}{(table.ForeignKey is null ? "" : ", 1 foreign key")}, as the specification says";
    }

    private static string Rename(string table, TableSpec spec) => $"RENAME TABLE {table} TO {OrdersSchema.Database}.{spec.Name}";

    private static bool IsDenied(MySqlException e) => e.ErrorCode is MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied;

    // The first table that has exactly its columns: it was renamed, or moved to another schema.
    private static async Task<string?> RenamedAsync(MySqlConnection connection, TableSpec spec, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT table_schema, table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_type = 'BASE TABLE' GROUP BY table_schema, table_name
            HAVING GROUP_CONCAT(column_name ORDER BY ordinal_position) = @columns ORDER BY table_schema = @database DESC, table_name LIMIT 1
            """;
        CommandDefinition ask = new(Sql, new { columns = string.Join(',', spec.Columns.Select(c => c.Name)), database = OrdersSchema.Database }, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<(string Schema, string Name)>(ask)).Select(t => $"{TableDifferences.Name(t.Schema)}.{TableDifferences.Name(t.Name)}").FirstOrDefault();
    }

    // RENAME TABLE moves a foreign key with its tables: it tells which ones were the market's. One that was copied whole before is no loss.
    private static async Task<MarketKey?> SwappedAsync(MySqlConnection connection, TableSpec spec, TableState state, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT constraint_schema, table_name, unique_constraint_schema, referenced_table_name FROM information_schema.referential_constraints
            WHERE constraint_schema = @database AND constraint_name = @name
            """;
        object names = new { database = OrdersSchema.Database, name = OrdersSchema.OrderExecutions.ForeignKeyName };
        (string, string, string, string)[] keys = [.. await connection.QueryAsync<(string, string, string, string)>(new CommandDefinition(Sql, names, cancellationToken: cancellationToken))];
        MarketKey? key = keys.Select(k => new MarketKey(k.Item1, k.Item2, k.Item3, k.Item4)).FirstOrDefault();
        if (key is null || key.Old(spec) == MarketKey.Present(spec) || !state.Columns.SequenceEqual(spec.Columns.Select(c => c.Name)))
            return null;
        string id = spec.PrimaryKey, at = spec.Columns.First(c => c.Type == "datetime(3)").Name;
        string lacks = $"SELECT EXISTS (SELECT 1 FROM (SELECT {id}, {at} FROM {key.Old(spec)} ORDER BY {id} DESC LIMIT 1000) o "
            + $"LEFT JOIN {MarketKey.Present(spec)} p ON p.{id} = o.{id} AND p.{at} = o.{at} WHERE p.{id} IS NULL)";
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(lacks, cancellationToken: cancellationToken)) ? key : null;
    }

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
