using CdcLab.Clients.MySql;
using Dapper;
using MySqlConnector;

namespace Aspire.Hosting;

/// <summary>Looks, as root, at what has run for long in the server: others see their own sessions only.</summary>
internal static class MySqlStatements
{
    // What waits itself holds nothing up; the one that it waits for is there too.
    private const string Sql = """
        SELECT id, CONCAT(user, '@', host), time, LEFT(info, 80) FROM information_schema.processlist
        WHERE command IN ('Query', 'Execute') AND time >= @Seconds AND id <> CONNECTION_ID() AND COALESCE(state, '') NOT LIKE 'Waiting for%'
        """;

    /// <summary>Those that have run for at least so long; null where the server does not answer root.</summary>
    public static async Task<IReadOnlyList<MySqlStatement>?> ReadLongAsync(int port, string password, TimeSpan least, CancellationToken cancellationToken)
    {
        try
        {
            await using MySqlConnection root = new(MySqlConnectionStrings.Pooled(port, "root", password));
            await root.OpenAsync(cancellationToken);
            CommandDefinition ask = new($"{SqlText.SessionMode}; {Sql}", new { Seconds = (long)least.TotalSeconds }, cancellationToken: cancellationToken);
            return [.. (await root.QueryAsync<(long, string, long, string?)>(ask)).Select(s => new MySqlStatement(s.Item1, s.Item2, s.Item3, s.Item4 ?? ""))];
        }
        catch (MySqlException)
        {
            return null;
        }
    }
}
