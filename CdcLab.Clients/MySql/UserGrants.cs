namespace CdcLab.Clients.MySql;

/// <summary>What MySQL says that accounts may do. Whoever asks needs SELECT on the database <c>mysql</c>, which <c>debezium</c> has.</summary>
public static class UserGrants
{
    /// <summary>The grants of one account.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="user">The user's name.</param>
    /// <param name="host">The host part.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>Its grants; null where there is no such account.</returns>
    public static async Task<IReadOnlyList<Grant>?> ReadAsync(MySqlConnection connection, string user, string host, CancellationToken cancellationToken)
    {
        try
        {
            IEnumerable<string> lines = await connection.QueryAsync<string>(new CommandDefinition($"SHOW GRANTS FOR {SqlText.Account(user, host)}", cancellationToken: cancellationToken));
            return [.. lines.SelectMany(GrantParser.Parse)];
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.NonExistingGrant)
        {
            return null;
        }
    }

    /// <summary>
    /// Accounts that MySQL prefers to <c>'user'@'%'</c> for some clients, because their host is more exact: those of the same name, and the anonymous ones. A login
    /// from such a host is a login as that account, with its password and its grants.
    /// </summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="user">The user's name.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>The accounts as SQL writes them.</returns>
    public static async Task<IReadOnlyList<string>> ShadowsAsync(MySqlConnection connection, string user, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT user, host FROM mysql.user WHERE user IN (@user, '') AND host <> '%' ORDER BY user, host";
        IEnumerable<(string User, string Host)> rows = await connection.QueryAsync<(string, string)>(new CommandDefinition(Sql, new { user }, cancellationToken: cancellationToken));
        return [.. rows.Select(r => SqlText.Account(r.User, r.Host))];
    }
}
