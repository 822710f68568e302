using System.Text.Json;
using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

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
          (SELECT JSON_ARRAYAGG(LOWER(c.column_name)) FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name),
          t.create_options LIKE '%partitioned%'
        FROM information_schema.tables t
        WHERE t.table_type = 'BASE TABLE' AND t.table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema', 'ndbinfo')
          AND NOT EXISTS (SELECT 1 FROM information_schema.statistics s WHERE s.table_schema = t.table_schema AND s.table_name = t.table_name AND s.index_name = 'PRIMARY')
        ORDER BY t.table_schema, t.table_name
        """;

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        (string Schema, string Table, string? Counter, string Columns, long IsPartitioned)[] without =
            [.. await connection.QueryAsync<(string, string, string?, string, long)>(new CommandDefinition(Sql, cancellationToken: cancellationToken))];
        if (without.Length == 0)
            return promise.Ok("every table has one");
        IEnumerable<string> statements = without.SelectMany(t => AddKey($"{TableDifferences.Name(t.Schema)}.{TableDifferences.Name(t.Table)}", t.Counter, t.Columns, t.IsPartitioned != 0));
        return promise.Failed($"without: {string.Join(", ", without.Select(t => $"{t.Schema}.{t.Table}"))}", $"{Typed.AsRoot([.. statements])} A table that nobody needs is better dropped.");
    }

    /// <param name="columns">The names of all columns, as a JSON array in lower case.</param>
    internal static IEnumerable<string> AddKey(string table, string? counter, string columns, bool isPartitioned)
    {
        // A primary key would have to hold what the table is partitioned by.
        if (isPartitioned)
            yield return $"ALTER TABLE {table} REMOVE PARTITIONING";
        HashSet<string> taken = [.. JsonSerializer.Deserialize<string[]>(columns)!];
        string free = Enumerable.Range(1, taken.Count + 1).Select(i => i == 1 ? "id" : $"id_{i}").First(n => !taken.Contains(n));
        yield return counter is not null
            ? $"ALTER TABLE {table} ADD PRIMARY KEY ({TableDifferences.Name(counter)})"
            : $"ALTER TABLE {table} ADD COLUMN {free} BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST";
    }
}
