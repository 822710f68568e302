namespace CdcLab.Clients.MySql;

/// <summary>Where the binlog is: the file that is written to, and the position after its last event.</summary>
public sealed record BinlogStatus(string File, long Position)
{
    /// <summary>Reads it, which takes REPLICATION CLIENT; null where the server writes no binlog.</summary>
    public static async Task<BinlogStatus?> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(connection, "SHOW BINARY LOG STATUS", cancellationToken);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.ParseError)
        {
            // The new words came with 8.2, the old ones went with 8.4. The server knows best which it takes; its version number does not tell (maxwell#2123).
            return await AskAsync(connection, "SHOW MASTER STATUS", cancellationToken);
        }
    }

    private static async Task<BinlogStatus?> AskAsync(MySqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        dynamic? row = await connection.QueryFirstOrDefaultAsync(new CommandDefinition(statement, cancellationToken: cancellationToken));
        return row is null ? null : new((string)row.File, (long)row.Position);
    }
}

/// <summary>The server's global variables. Never the session's: those do not follow SET GLOBAL.</summary>
public static class GlobalVariables
{
    /// <summary>Reads all of them, which needs no privilege; names in any case.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        CommandDefinition command = new("SHOW GLOBAL VARIABLES", cancellationToken: cancellationToken);
        return (await connection.QueryAsync<(string Name, string Value)>(command)).ToDictionary(r => r.Name, r => r.Value, StringComparer.OrdinalIgnoreCase);
    }
}
