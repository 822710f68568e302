using CdcLab.Clients.MySql;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using MySqlConnector;

namespace Aspire.Hosting;

internal sealed class MySqlProvisioningException(string message) : Exception(message);

/// <summary>Makes database, tables, users and grants ready after every start.</summary>
/// <remarks>What is missing is created; what our users have beyond their grants is revoked. No table or column is ever altered or dropped: a difference stays, and the verifier
/// reports it. It looks before it writes: where all is as it should be no statement reaches the binlog.</remarks>
internal sealed partial class MySqlProvisioning(MySqlSourceSettings settings) : IHealthCheck
{
    // Not a table; a foreign key whose other table has no such index, or no such columns.
    private static readonly HashSet<int> OtherTableFaults = [1215, 1347, 1822, 3780];

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200), RetryRefused = TimeSpan.FromSeconds(1);

    private volatile int _start, _ready;
    private volatile string? _refused;
    private ILogger _log = NullLogger.Instance;

    private MySqlConnectionStringBuilder RootLogin => new()
    {
        Server = "127.0.0.1",
        Port = (uint)settings.Port,
        UserID = "root",
        Password = settings.RootPassword,
        ConnectionTimeout = 3,
        DefaultCommandTimeout = 30,
        // A connection that is kept would hide a server that takes no new ones.
        Pooling = false,
        // On loopback, with a key that the server makes itself, TLS proves nothing and costs a check ten times its time.
        SslMode = MySqlSslMode.None,
        AllowPublicKeyRetrieval = true,
    };

    /// <summary>A new start of the server: all is made ready as soon as it answers. Health checks come seconds apart; by then somebody may have changed what would be set back.</summary>
    public void Begin(ILogger log, CancellationToken stopping)
    {
        (_log, _refused) = (log, null);
        int start = Interlocked.Increment(ref _start);
        _ = Task.Run(() => MakeReadyAsync(start, stopping), stopping);
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using MySqlConnection root = new(RootLogin.ConnectionString);
            await root.OpenAsync(cancellationToken);
            return _ready == _start
                ? HealthCheckResult.Healthy($"MySQL {root.ServerVersion}; database, tables and users are ready.")
                : new(context.Registration.FailureStatus, _refused ?? "Database, tables and users are not ready yet.");
        }
        catch (MySqlException silent)
        {
            return new(context.Registration.FailureStatus, $"MySQL does not answer root's login: {silent.Message.Split('\n')[0]}");
        }
    }

    private async Task MakeReadyAsync(int start, CancellationToken stopping)
    {
        while (_ready != start && _start == start && !stopping.IsCancellationRequested)
        {
            try
            {
                await using MySqlConnection root = new(RootLogin.ConnectionString);
                await root.OpenAsync(stopping);
                await root.ExecuteAsync(new CommandDefinition(SqlText.SessionMode, cancellationToken: stopping));
                await CreateSchemaAsync(root, stopping);
                foreach ((DatabaseUser user, string password) in settings.Users)
                    await new MySqlUserProvisioning(root, RootLogin, user, password, Tell).RunAsync(stopping);
                _ready = start;
            }
            catch (MySqlException silent) when (silent.ErrorCode == MySqlErrorCode.UnableToConnectToHost)
            {
                await Task.Delay(Retry, CancellationToken.None);
            }
            catch (Exception refused) when (refused is MySqlException or MySqlProvisioningException)
            {
                _refused = refused.Message.Split('\n')[0];
                await Task.Delay(RetryRefused, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task CreateSchemaAsync(MySqlConnection root, CancellationToken cancellationToken)
    {
        // CREATE ... IF NOT EXISTS goes into the binlog even where nothing is created, so it looks first.
        const string DatabaseSql = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = @Database";
        if (await root.ExecuteScalarAsync<long>(new CommandDefinition(DatabaseSql, new { settings.Database }, cancellationToken: cancellationToken)) == 0)
        {
            await root.ExecuteAsync(new CommandDefinition($"CREATE DATABASE IF NOT EXISTS {SqlText.Identifier(settings.Database)} CHARACTER SET utf8mb4", cancellationToken: cancellationToken));
            Tell($"created database {settings.Database}");
        }

        await root.ChangeDatabaseAsync(settings.Database, cancellationToken);
        const string TablesSql = "SELECT table_name FROM information_schema.tables WHERE table_schema = @Database";
        HashSet<string> there = [.. await root.QueryAsync<string>(new CommandDefinition(TablesSql, new { settings.Database }, cancellationToken: cancellationToken))];
        foreach (TableSpec table in settings.Tables.Where(t => !there.Contains(t.Name)))
        {
            try
            {
                await root.ExecuteAsync(new CommandDefinition(table.CreateStatement(), cancellationToken: cancellationToken));
                Tell($"created table {settings.Database}.{table.Name}");
            }
            catch (MySqlException e) when (OtherTableFaults.Contains(e.Number))
            {
                // The table it refers to is there and is another one. It is not ours to change; the checks mysql.schema.* fail and say what differs.
                Tell($"table {settings.Database}.{table.Name} is missing and was not created: {e.Message}");
            }
        }
    }

    // What was changed, and what was seen and left. No line holds a password.
    private void Tell(string line) => Changed(_log, line);

    [LoggerMessage(10, LogLevel.Information, "{Line}")]
    private static partial void Changed(ILogger log, string line);
}

internal sealed class MySqlUserProvisioning(MySqlConnection root, MySqlConnectionStringBuilder rootLogin, DatabaseUser user, string password, Action<string> tell)
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
            tell($"created user {_account}");
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
            tell($"left alone: the account {shadow} is not the lab's, and stands in for {_account} where its host fits; the lab needs it gone: DROP USER {shadow}");
    }

    private async Task PasswordAsync(CancellationToken cancellationToken)
    {
        const string PluginSql = "SELECT plugin FROM mysql.user WHERE user = @Name AND host = @Host";
        string? plugin = await root.ExecuteScalarAsync<string>(new CommandDefinition(PluginSql, new { user.Name, Host }, cancellationToken: cancellationToken));
        if (plugin == Plugin && await LogsInAsync(cancellationToken))
            return;

        await SetPasswordAsync("ALTER USER", " REQUIRE NONE ACCOUNT UNLOCK", cancellationToken);
        tell($"set the password of {_account}");
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
            foreach (Grant grant in difference.Extra)
            {
                if (grant.RevokeStatement(_account) is { } sql)
                    await TryRevokeAsync(sql, grant.ToString(), cancellationToken);
            }

            // Partial revokes, and what was not understood, go only with everything; the grants are given again right after.
            if (difference.Extra.Any(g => g.RevokeStatement(_account) is null))
                await TryRevokeAsync($"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {_account}", "all privileges", cancellationToken);
            difference = await DifferenceAsync(cancellationToken);
        }

        if (difference.Missing.Count > 0)
        {
            string privileges = string.Join(", ", difference.Missing.Select(g => g.What));
            await root.ExecuteAsync(new CommandDefinition($"GRANT {privileges} ON {user.Scope} TO {_account}", cancellationToken: cancellationToken));
            tell($"granted {privileges} ON {user.Scope} to {_account}");
            difference = await DifferenceAsync(cancellationToken);
        }

        foreach (string left in (string[])[.. difference.Missing.Select(g => $"lacks {g}"), .. difference.Extra.Select(g => $"has {g}")])
            tell($"{_account} still {left}");
    }

    private async Task TryRevokeAsync(string sql, string what, CancellationToken cancellationToken)
    {
        try
        {
            await root.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
            tell($"revoked {what} from {_account}");
        }
        catch (MySqlException e) when (e.ErrorCode is not MySqlErrorCode.UnableToConnectToHost && root.State == System.Data.ConnectionState.Open)
        {
            // For instance a role of mandatory_roles, which no account can lose. It is said here, and mysql.grants.* fails.
            tell($"could not revoke {what} from {_account}: {e.Message}");
        }
    }

    private async Task<GrantDifference> DifferenceAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Grant> grants = await UserGrants.ReadAsync(root, user.Name, Host, cancellationToken)
            ?? throw new MySqlProvisioningException($"The MySQL user {_account} was dropped by somebody while the lab started. Start again.");
        return GrantDifference.Of(user, grants);
    }
}
