using CdcLab.Clients.MySql;
using Dapper;
using MySqlConnector;

namespace Aspire.Hosting;

/// <summary>Makes one user ready: it exists, logs in with its password, and may do exactly what it must.</summary>
internal sealed class MySqlUserProvisioning(MySqlConnection root, MySqlConnectionStringBuilder rootLogin, DatabaseUser user, string password, List<string> lines)
{
    private const string Host = "%";
    private const string Plugin = "caching_sha2_password";

    private readonly string _account = SqlText.Account(user.Name, Host);

    // What a login is refused with because of the account itself, not because of the server: wrong password, locked, locked for failed logins, expired, TLS demanded,
    // a plugin that this server has no more.
    private static readonly HashSet<int> AccountFaults = [1045, 1698, 3118, 3955, 1820, 1862, 3159, 1251, 1524, 4151];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Locked until it has its privileges: a session keeps the global privileges that it logged in with.
        bool isNew = await UserGrants.ReadAsync(root, user.Name, Host, cancellationToken) is null;
        if (isNew)
        {
            await SetPasswordAsync("CREATE USER", " ACCOUNT LOCK", cancellationToken);
            lines.Add($"created user {_account}");
        }
        else
        {
            await PasswordAsync(cancellationToken);
        }

        await GrantsAsync(cancellationToken);
        if (isNew)
            await root.ExecuteAsync(new CommandDefinition($"ALTER USER {_account} ACCOUNT UNLOCK", cancellationToken: cancellationToken));

        // Not ours, so neither dropped nor locked: a lock would not help, since MySQL picks the account by the most exact host and then refuses the login.
        foreach (string shadow in await UserGrants.ShadowsAsync(root, user.Name, cancellationToken))
            lines.Add($"left alone: the account {shadow} is not the lab's, and stands in for {_account} where its host fits; the lab needs it gone: DROP USER {shadow}");
    }

    private async Task PasswordAsync(CancellationToken cancellationToken)
    {
        const string PluginSql = "SELECT plugin FROM mysql.user WHERE user = @Name AND host = @Host";
        string? plugin = await root.ExecuteScalarAsync<string>(new CommandDefinition(PluginSql, new { user.Name, Host }, cancellationToken: cancellationToken));
        if (plugin == Plugin && await LogsInAsync(cancellationToken))
            return;

        await SetPasswordAsync("ALTER USER", " REQUIRE NONE ACCOUNT UNLOCK", cancellationToken);
        lines.Add($"set the password of {_account}");
    }

    private async Task<bool> LogsInAsync(CancellationToken cancellationToken)
    {
        MySqlConnectionStringBuilder login = new(rootLogin.ConnectionString) { UserID = user.Name, Password = password };
        await using MySqlConnection connection = new(login.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            string? account = await connection.ExecuteScalarAsync<string>(new CommandDefinition("SELECT CURRENT_USER()", cancellationToken: cancellationToken));
            // Another account of that name answered: whether ours has the password cannot be seen by a login from here.
            return account == $"{user.Name}@{Host}";
        }
        catch (MySqlException e) when (AccountFaults.Contains(e.Number))
        {
            return false;
        }
    }

    private async Task SetPasswordAsync(string verb, string rest, CancellationToken cancellationToken)
    {
        try
        {
            string sql = $"{verb} {_account} IDENTIFIED WITH {Plugin} BY {SqlText.Literal(password)}{rest}";
            await root.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
        }
        catch (MySqlException e)
        {
            // Without the server's own words, and without the exception that carries them: they may quote the statement, and with it the password.
            throw new MySqlProvisioningException(
                $"MySQL did not take the password of {_account}: error {e.Number} ({e.ErrorCode}). Its log says more; a password policy (component_validate_password) must allow the lab's generated passwords.");
        }
    }

    private async Task GrantsAsync(CancellationToken cancellationToken)
    {
        GrantDifference difference = await DifferenceAsync(cancellationToken);
        if (difference.Extra.Count > 0)
        {
            await RevokeAsync(difference.Extra, cancellationToken);
            difference = await DifferenceAsync(cancellationToken);
        }

        if (difference.Missing.Count > 0)
        {
            string privileges = string.Join(", ", difference.Missing.Select(g => g.What));
            await root.ExecuteAsync(new CommandDefinition($"GRANT {privileges} ON {user.Scope} TO {_account}", cancellationToken: cancellationToken));
            lines.Add($"granted {privileges} ON {user.Scope} to {_account}");
            difference = await DifferenceAsync(cancellationToken);
        }

        foreach (Grant missing in difference.Missing)
            lines.Add($"{_account} still lacks {missing}");
        foreach (Grant extra in difference.Extra)
            lines.Add($"{_account} still has {extra}");
    }

    private async Task RevokeAsync(IReadOnlyList<Grant> extra, CancellationToken cancellationToken)
    {
        foreach (Grant grant in extra)
        {
            if (grant.RevokeStatement(_account) is { } sql)
                await TryRevokeAsync(sql, grant.ToString(), cancellationToken);
        }

        // Partial revokes, and what was not understood, go only with everything; the grants are given again right after.
        if (extra.Any(g => g.RevokeStatement(_account) is null))
            await TryRevokeAsync($"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {_account}", "all privileges", cancellationToken);
    }

    private async Task TryRevokeAsync(string sql, string what, CancellationToken cancellationToken)
    {
        try
        {
            await root.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
            lines.Add($"revoked {what} from {_account}");
        }
        catch (MySqlException e) when (e.ErrorCode is not MySqlErrorCode.UnableToConnectToHost && root.State == System.Data.ConnectionState.Open)
        {
            // For instance a role of mandatory_roles, which no account can lose. It is said here, and mysql.grants.* fails.
            lines.Add($"could not revoke {what} from {_account}: {e.Message}");
        }
    }

    private async Task<GrantDifference> DifferenceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Grant> grants = await UserGrants.ReadAsync(root, user.Name, Host, cancellationToken)
            ?? throw new MySqlProvisioningException($"The MySQL user {_account} was dropped by somebody while the lab started. Start again.");
        return GrantDifference.Of(user, grants);
    }
}
