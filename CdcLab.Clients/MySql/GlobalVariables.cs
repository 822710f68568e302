namespace CdcLab.Clients.MySql;

/// <summary>The server's global variables. Never the session's: those do not follow SET GLOBAL.</summary>
public static class GlobalVariables
{
    /// <summary>Reads all of them.</summary>
    /// <param name="connection">An open connection; it needs no privilege.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>Names and values; names in any case.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        IEnumerable<(string Name, string Value)> rows = await connection.QueryAsync<(string, string)>(new CommandDefinition("SHOW GLOBAL VARIABLES", cancellationToken: cancellationToken));
        return rows.ToDictionary(r => r.Name, r => r.Value, StringComparer.OrdinalIgnoreCase);
    }
}
