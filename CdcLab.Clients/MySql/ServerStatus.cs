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
            // The new words came with 8.2 and the old ones went with 8.4. The server knows best which it takes; its version number does not tell (maxwell#2123).
            return await AskAsync(connection, "SHOW MASTER STATUS", cancellationToken);
        }
    }

    private static async Task<BinlogStatus?> AskAsync(MySqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await using System.Data.Common.DbDataReader reader = await connection.ExecuteReaderAsync(new CommandDefinition(statement, cancellationToken: cancellationToken));
        return await reader.ReadAsync(cancellationToken) ? new(reader.GetString(reader.GetOrdinal("File")), reader.GetInt64(reader.GetOrdinal("Position"))) : null;
    }
}

/// <summary>The server's global variables. Never the session's: those do not follow SET GLOBAL.</summary>
public static class GlobalVariables
{
    /// <summary>Reads all of them, which needs no privilege; names in any case.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        IEnumerable<(string Name, string Value)> rows = await connection.QueryAsync<(string, string)>(new CommandDefinition("SHOW GLOBAL VARIABLES", cancellationToken: cancellationToken));
        return rows.ToDictionary(r => r.Name, r => r.Value, StringComparer.OrdinalIgnoreCase);
    }
}
