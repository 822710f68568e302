using CdcLab.Clients.MySql.Binlog;
using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>How the checks of MySQL reach it: as <c>debezium</c>, over two kept connections at most, and with words for a person where that fails.</summary>
internal sealed class MySqlAccess
{
    private static readonly uint LoginSeconds = (uint)AnswersCheck.Limit.TotalSeconds;

    /// <summary>ER_MASTER_FATAL_ERROR_READING_BINLOG: no such file, no such position, or no event there.</summary>
    public const int NotThere = 1236;

    private readonly string _kept;
    private readonly string _own;
    private readonly string _address;
    private readonly MySqlConnectionStringBuilder _login;

    public MySqlAccess(string connectionString)
    {
        MySqlConnectionStringBuilder given = _login = new(connectionString);
        _address = $"{given.Server}:{given.Port}";
        _own = new MySqlConnectionStringBuilder(MySqlConnectionStrings.Dedicated((int)given.Port, given.UserID, given.Password))
        {
            Server = given.Server,
            // A paused server still takes connections, and a login that waits for its greeting heeds this limit, but no cancellation (seen).
            ConnectionTimeout = LoginSeconds,
            DefaultCommandTimeout = LoginSeconds,
        }.ConnectionString;
        _kept = new MySqlConnectionStringBuilder(MySqlConnectionStrings.Pooled((int)given.Port, given.UserID, given.Password))
        {
            Server = given.Server,
            // The checks look side by side and wait for each other by milliseconds; one that hangs leaves the others a connection.
            MaximumPoolSize = 2,
        }.ConnectionString;
    }

    public Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(_kept, cancellationToken);

    /// <summary>Logs in anew, whatever the kept connections are busy with.</summary>
    public Task<MySqlConnection> LogInAsync(CancellationToken cancellationToken) => OpenAsync(_own, cancellationToken);

    /// <summary>Logs in anew, to read the binlog as a replica does.</summary>
    public async Task<BinlogReplica> LogInAsReplicaAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await BinlogReplica.LogInAsync(_login.Server, (int)_login.Port, _login.UserID, _login.Password, cancellationToken);
        }
        catch (MySqlRefusedException e)
        {
            throw Explain((MySqlErrorCode)e.Code, e);
        }
    }

    /// <summary>What to say where the login succeeded and the dump was refused.</summary>
    public static CannotLookException DumpRefused(MySqlRefusedException e) =>
        new($"MySQL refuses to send its binlog to {DatabaseUser.Debezium.Account}: {e.Message} (error {e.Code}).", e.Code == NotThere ? "Wait for the next look; mysql.binlog.history says what happened." : MySqlBinlogCheck.Grant, e);

    /// <summary>The binlog's files, oldest first; never none.</summary>
    public static async Task<IReadOnlyList<BinlogFile>> BinlogFilesAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<BinlogFile> files = await BinlogFile.ListAsync(connection, cancellationToken);
            return files.Count > 0 ? files : throw new CannotLookException("There is no binlog file.", "See MySQL's log.");
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.SpecifiedAccessDeniedError or MySqlErrorCode.NoBinaryLogging)
        {
            string fix = e.ErrorCode == MySqlErrorCode.NoBinaryLogging ? MySqlBinlogCheck.Start : MySqlBinlogCheck.Grant;
            throw new CannotLookException($"MySQL does not tell its binlog files: {e.Message}.", fix, e);
        }
    }

    private async Task<MySqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        MySqlConnection connection = new(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(SqlText.SessionMode, cancellationToken: cancellationToken));
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            if (e is MySqlException refused)
                throw Explain(refused.ErrorCode, refused);
            throw;
        }
    }

    // What MySQL says is told in its own words: a refusal is an answer.
    private CannotLookException Explain(MySqlErrorCode code, Exception e)
    {
        if (code == MySqlErrorCode.UnableToConnectToHost)
            return new($"MySQL at {_address} does not answer.", Unreachable.Restart(ResourceNames.MySql), e, [ResourceNames.MySql]);
        string message = e.Message.Split('\n')[0].TrimEnd('.'), fix = LoginRefusal.Fix(DatabaseUser.Debezium, (int)code, message);
        return new($"MySQL at {_address} refuses the login of {DatabaseUser.Debezium.Account}: {message} (error {(int)code}).", fix, e, [ResourceNames.MySql])
        {
            // One look may get in where the next one does not.
            Follows = ["mysql.dynamic_settings", "mysql.max_connections", "mysql.grants.debezium", "mysql.mode"],
        };
    }
}
