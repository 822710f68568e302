namespace CdcLab.Clients.MySql;

/// <summary>Where the binlog is.</summary>
/// <param name="File">The file that is written to.</param>
/// <param name="Position">The position after its last event.</param>
/// <param name="ExecutedGtids">All GTIDs so far; empty without GTIDs.</param>
public sealed record BinlogStatus(string File, long Position, string ExecutedGtids)
{
    /// <summary>Reads it. It takes REPLICATION CLIENT.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>The status; null where the server writes no binlog.</returns>
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
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        return new(reader.GetString(reader.GetOrdinal("File")), reader.GetInt64(reader.GetOrdinal("Position")), reader.GetString(reader.GetOrdinal("Executed_Gtid_Set")).Replace("\n", "", StringComparison.Ordinal));
    }
}
