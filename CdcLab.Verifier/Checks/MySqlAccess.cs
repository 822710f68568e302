using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>How the checks of MySQL reach it: as <c>debezium</c>, over two kept connections at most, and with words for a person where that fails.</summary>
internal sealed class MySqlAccess
{
    private static readonly uint LoginSeconds = (uint)AnswersCheck.Limit.TotalSeconds;
    private readonly string _kept;
    private readonly string _own;
    private readonly string _address;

    public MySqlAccess(string connectionString)
    {
        MySqlConnectionStringBuilder given = new(connectionString);
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

    private async Task<MySqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        MySqlConnection connection = new(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            if (e is MySqlException refused)
                throw Explain(refused);
            throw;
        }
    }

    private CannotLookException Explain(MySqlException e)
    {
        (string what, string fix) = e.ErrorCode switch
        {
            MySqlErrorCode.UnableToConnectToHost => ("does not answer", "Run `aspire resource mysql start`, and see its log if it ends again."),
            MySqlErrorCode.AccessDenied => ($"refuses the login of {DatabaseUser.Debezium.Account}", "Start the lab again: it sets the passwords of its users."),
            MySqlErrorCode.ConnectionCountError => ("has no connection left", "See who holds them (SHOW PROCESSLIST), or raise Lab:MySql:MaxConnections."),
            _ => ($"could not be logged in to: error {e.Number}, {e.Message.Split('\n')[0].TrimEnd('.')}", "See whether it runs and what it says in its log."),
        };
        return new($"MySQL at {_address} {what}.", fix, e, [ResourceNames.MySql]);
    }
}
