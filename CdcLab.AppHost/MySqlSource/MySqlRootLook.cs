using CdcLab.Clients.MySql;
using Dapper;
using MySqlConnector;

namespace Aspire.Hosting;

/// <summary>What only root sees in the server.</summary>
/// <param name="Triggers">Triggers in the database, others whose text names it or calls a procedure, which may, and every event: the lab has none. Null where root could not ask.</param>
/// <param name="LongStatements">What has run for long; null where root could not ask.</param>
/// <param name="Strangers">Sessions that are not the lab's; null where root could not ask.</param>
/// <param name="Prepared">Distributed transactions that no session holds any more; null where root could not ask.</param>
/// <param name="Refusal">MySQL's words where it refused root's login; null where it did not.</param>
internal sealed record MySqlRootLook(
    IReadOnlyList<MySqlTrigger>? Triggers, IReadOnlyList<MySqlStatement>? LongStatements, IReadOnlyList<MySqlStatement>? Strangers, IReadOnlyList<string>? Prepared, string? Refusal)
{
    public static readonly MySqlRootLook Nothing = new(null, null, null, null, null);

    // Too many connections, another password, a locked account, an expired password.
    private static readonly HashSet<int> Refusals = [1040, 1045, 3118, 3955, 1820, 1862];

    private const string TriggersSql = """
        SELECT 'TRIGGER', trigger_schema, trigger_name, CONCAT(action_timing, ' ', event_manipulation, ' ON ', event_object_schema, '.', event_object_table)
        FROM information_schema.triggers WHERE trigger_schema = @Database OR LOCATE(@Database, action_statement) > 0 OR LOCATE('CALL ', UPPER(action_statement)) > 0
        UNION ALL SELECT 'EVENT', event_schema, event_name, CONCAT_WS(' ', event_type, 'of', definer, IF(status = 'ENABLED', NULL, status))
        FROM information_schema.events
        """;

    // What waits itself holds nothing up; the one that it waits for is there too. A connector's own statement is its snapshot. Not what stands in quotes: it may be a password.
    private const string StatementsSql = """
        SELECT id, CONCAT(user, '@', host), time, REGEXP_REPLACE(LEFT(info, 80), '(?s)["''].*', '...') FROM information_schema.processlist
        WHERE command IN ('Query', 'Execute') AND time >= @Seconds AND id <> CONNECTION_ID() AND user <> @Connector AND COALESCE(state, '') NOT LIKE 'Waiting for%'
        """;

    // Not what they say: a password may be in it. Who has a transaction open comes first: it holds what it has locked. Root's only session of the lab is the one that asks.
    private const string StrangersSql = """
        SELECT p.id, CONCAT(p.user, '@', p.host), p.time, p.command FROM information_schema.processlist p LEFT JOIN information_schema.innodb_trx t ON t.trx_mysql_thread_id = p.id
        WHERE p.id <> CONNECTION_ID() AND p.user NOT IN (@Connector, @Simulator, 'system user') AND p.command <> 'Daemon' ORDER BY t.trx_started IS NULL, t.trx_started, p.time DESC
        """;

    private const string HeldByNobodySql = "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = 0";

    public static async Task<MySqlRootLook> TakeAsync(int port, string password, string database, string connector, string simulator, CancellationToken cancellationToken)
    {
        try
        {
            // Not kept: where a limit lets a user in once, a person needs root's place.
            await using MySqlConnection root = new(MySqlConnectionStrings.Dedicated(port, "root", password));
            await root.OpenAsync(cancellationToken);
            CommandDefinition triggers = new($"{SqlText.SessionMode}; {TriggersSql}", new { Database = database }, cancellationToken: cancellationToken);
            CommandDefinition statements = new(StatementsSql, new { Seconds = (long)MySqlStatement.NoticedAfter.TotalSeconds, Connector = connector }, cancellationToken: cancellationToken);
            return new(
                [.. (await root.QueryAsync<(string, string, string, string)>(triggers)).Select(t => new MySqlTrigger(t.Item1, t.Item2, t.Item3, t.Item4))],
                await StatementsAsync(statements),
                await StatementsAsync(new(StrangersSql, new { Connector = connector, Simulator = simulator }, cancellationToken: cancellationToken)),
                await root.ExecuteScalarAsync<long>(new CommandDefinition(HeldByNobodySql, cancellationToken: cancellationToken)) == 0
                    ? []
                    : [.. (await root.QueryAsync<(int, int, int, string)>(new CommandDefinition("XA RECOVER CONVERT XID", cancellationToken: cancellationToken))).Select(x => Xid(x.Item1, x.Item2, x.Item4))],
                null);

            async Task<IReadOnlyList<MySqlStatement>> StatementsAsync(CommandDefinition ask) =>
                [.. (await root.QueryAsync<(long, string, long, string?)>(ask)).Select(s => new MySqlStatement(s.Item1, s.Item2, s.Item3, s.Item4 ?? ""))];
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

    /// <summary>A transaction's name as XA ROLLBACK takes it.</summary>
    /// <param name="data">Both parts of it in hexadecimal digits, after <c>0x</c>.</param>
    internal static string Xid(int format, int firstLength, string data) => $"X'{data[2..(2 + (2 * firstLength))]}',X'{data[(2 + (2 * firstLength))..]}',{format}";
}
