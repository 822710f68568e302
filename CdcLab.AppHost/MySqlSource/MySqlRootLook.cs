using CdcLab.Clients.MySql;
using Dapper;
using MySqlConnector;

namespace Aspire.Hosting;

/// <summary>What only root sees in the server.</summary>
/// <param name="Triggers">Triggers and events in the database, and others whose text names it; null where root could not ask.</param>
/// <param name="LongStatements">What has run for long; null where root could not ask.</param>
/// <param name="Refusal">MySQL's words where it refused root's login; null where it did not.</param>
internal sealed record MySqlRootLook(IReadOnlyList<MySqlTrigger>? Triggers, IReadOnlyList<MySqlStatement>? LongStatements, string? Refusal)
{
    public static readonly MySqlRootLook Nothing = new(null, null, null);

    // Too many connections, another password, a locked account, an expired password.
    private static readonly HashSet<int> Refusals = [1040, 1045, 3118, 3955, 1820, 1862];

    private const string TriggersSql = """
        SELECT 'TRIGGER', trigger_schema, trigger_name, CONCAT(action_timing, ' ', event_manipulation, ' ON ', event_object_schema, '.', event_object_table)
        FROM information_schema.triggers WHERE trigger_schema = @Database OR LOCATE(@Database, action_statement) > 0
        UNION ALL SELECT 'EVENT', event_schema, event_name, CONCAT_WS(' ', event_type, 'of', definer, IF(status = 'ENABLED', NULL, status))
        FROM information_schema.events WHERE event_schema = @Database OR LOCATE(@Database, event_definition) > 0
        """;

    // What waits itself holds nothing up; the one that it waits for is there too. A connector's own statement is its snapshot.
    private const string StatementsSql = """
        SELECT id, CONCAT(user, '@', host), time, LEFT(info, 80) FROM information_schema.processlist
        WHERE command IN ('Query', 'Execute') AND time >= @Seconds AND id <> CONNECTION_ID() AND user <> @Connector AND COALESCE(state, '') NOT LIKE 'Waiting for%'
        """;

    public static async Task<MySqlRootLook> TakeAsync(int port, string password, string database, string connector, CancellationToken cancellationToken)
    {
        try
        {
            await using MySqlConnection root = new(MySqlConnectionStrings.Pooled(port, "root", password));
            await root.OpenAsync(cancellationToken);
            CommandDefinition triggers = new($"{SqlText.SessionMode}; {TriggersSql}", new { Database = database }, cancellationToken: cancellationToken);
            CommandDefinition statements = new(StatementsSql, new { Seconds = (long)MySqlStatement.NoticedAfter.TotalSeconds, Connector = connector }, cancellationToken: cancellationToken);
            return new(
                [.. (await root.QueryAsync<(string, string, string, string)>(triggers)).Select(t => new MySqlTrigger(t.Item1, t.Item2, t.Item3, t.Item4))],
                [.. (await root.QueryAsync<(long, string, long, string?)>(statements)).Select(s => new MySqlStatement(s.Item1, s.Item2, s.Item3, s.Item4 ?? ""))],
                null);
        }
        catch (MySqlException refused) when (Refusals.Contains(refused.Number))
        {
            return Nothing with { Refusal = refused.Message.Split('\n')[0].TrimEnd('.') };
        }
        catch (MySqlException)
        {
            return Nothing;
        }
    }
}
