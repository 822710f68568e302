using CdcLab.Clients.MySql;
using Dapper;
using MySqlConnector;

namespace Aspire.Hosting;

/// <summary>MySQL answers, and what the application needs of it could not be made ready.</summary>
/// <param name="message">What, why, and what to do, in one line without a password.</param>
internal sealed class MySqlProvisioningException(string message) : Exception(message);

/// <summary>Makes database, tables, users and grants ready after every start.</summary>
/// <remarks>
/// What is missing is created; what our users have beyond their grants is revoked. No table or column is ever altered or dropped: a difference stays, and the verifier
/// reports it. It looks before it writes: where all is as it should be no statement reaches the binlog.
/// </remarks>
internal sealed class MySqlProvisioning(MySqlSourceSettings settings)
{
    private const MySqlErrorCode WrongObject = (MySqlErrorCode)1347;
    private const MySqlErrorCode IncompatibleForeignKeyColumns = (MySqlErrorCode)3780;
    private const MySqlErrorCode MissingForeignKeyIndex = (MySqlErrorCode)1822;

    private volatile bool _isReady;

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

    /// <summary>A new start of the server: it is to be looked at again.</summary>
    public void Reset() => _isReady = false;

    /// <summary>Logs in as root and asks for the version.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection root = new(RootLogin.ConnectionString);
        await root.OpenAsync(cancellationToken);
        return await root.ExecuteScalarAsync<string>(new CommandDefinition("SELECT VERSION()", cancellationToken: cancellationToken)) ?? "of unknown version";
    }

    /// <summary>Makes everything ready, once after each start.</summary>
    /// <returns>What was changed, and what was seen and left, one line each. No line holds a password.</returns>
    public async Task<IReadOnlyList<string>> EnsureAsync(CancellationToken cancellationToken)
    {
        if (_isReady)
            return [];
        List<string> lines = [];
        MySqlConnectionStringBuilder login = RootLogin;
        await using MySqlConnection root = new(login.ConnectionString);
        await root.OpenAsync(cancellationToken);
        await root.ExecuteAsync(new CommandDefinition(SqlText.SessionMode, cancellationToken: cancellationToken));
        await CreateSchemaAsync(root, lines, cancellationToken);
        foreach ((DatabaseUser user, string password) in settings.Users)
            await new MySqlUserProvisioning(root, login, user, password, lines).RunAsync(cancellationToken);
        _isReady = true;
        return lines;
    }

    private async Task CreateSchemaAsync(MySqlConnection root, List<string> lines, CancellationToken cancellationToken)
    {
        // CREATE ... IF NOT EXISTS goes into the binlog even where nothing is created, so it looks first.
        const string DatabaseSql = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = @Database";
        if (await root.ExecuteScalarAsync<long>(new CommandDefinition(DatabaseSql, new { settings.Database }, cancellationToken: cancellationToken)) == 0)
        {
            await root.ExecuteAsync(new CommandDefinition($"CREATE DATABASE IF NOT EXISTS {SqlText.Identifier(settings.Database)} CHARACTER SET utf8mb4", cancellationToken: cancellationToken));
            lines.Add($"created database {settings.Database}");
        }

        await root.ChangeDatabaseAsync(settings.Database, cancellationToken);
        const string TablesSql = "SELECT table_name FROM information_schema.tables WHERE table_schema = @Database";
        HashSet<string> there = [.. await root.QueryAsync<string>(new CommandDefinition(TablesSql, new { settings.Database }, cancellationToken: cancellationToken))];
        foreach (TableSpec table in settings.Tables.Where(t => !there.Contains(t.Name)))
        {
            try
            {
                await root.ExecuteAsync(new CommandDefinition(table.CreateStatement(), cancellationToken: cancellationToken));
                lines.Add($"created table {settings.Database}.{table.Name}");
            }
            catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.CannotAddForeignConstraint or IncompatibleForeignKeyColumns or MissingForeignKeyIndex or WrongObject)
            {
                // The table it refers to is there and is another one. It is not ours to change; the checks mysql.schema.* fail and say what differs.
                lines.Add($"table {settings.Database}.{table.Name} is missing and was not created: {e.Message}");
            }
        }
    }
}
