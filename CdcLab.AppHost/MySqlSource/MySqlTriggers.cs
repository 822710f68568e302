using CdcLab.Clients.MySql;
using Dapper;
using MySqlConnector;

namespace Aspire.Hosting;

/// <summary>Looks, as root, at what acts by itself in the server: others do not see triggers and events without the right to make them.</summary>
internal static class MySqlTriggers
{
    private const string Sql = """
        SELECT 'TRIGGER', trigger_schema, trigger_name, CONCAT(action_timing, ' ', event_manipulation, ' ON ', event_object_schema, '.', event_object_table)
        FROM information_schema.triggers WHERE trigger_schema = @Database OR LOCATE(@Database, action_statement) > 0
        UNION ALL SELECT 'EVENT', event_schema, event_name, CONCAT_WS(' ', event_type, 'of', definer, IF(status = 'ENABLED', NULL, status))
        FROM information_schema.events WHERE event_schema = @Database OR LOCATE(@Database, event_definition) > 0
        """;

    /// <summary>Those in the database, and others whose text names it; null where the server does not answer root.</summary>
    public static async Task<IReadOnlyList<MySqlTrigger>?> ReadAsync(int port, string password, string database, CancellationToken cancellationToken)
    {
        try
        {
            await using MySqlConnection root = new(MySqlConnectionStrings.Pooled(port, "root", password));
            await root.OpenAsync(cancellationToken);
            CommandDefinition ask = new($"{SqlText.SessionMode}; {Sql}", new { Database = database }, cancellationToken: cancellationToken);
            return [.. (await root.QueryAsync<(string, string, string, string)>(ask)).Select(t => new MySqlTrigger(t.Item1, t.Item2, t.Item3, t.Item4))];
        }
        catch (MySqlException)
        {
            return null;
        }
    }
}
