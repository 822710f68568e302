using CdcLab.Model.Schema;
using MySqlConnector;

namespace CdcLab.Runtime.Convergence;

/// <summary>MySQL as root sees it on loopback, whatever the server runs as: whether it answers, and what is brought about at every start.</summary>
/// <param name="port">Its port on loopback.</param>
/// <param name="password">Root's password.</param>
/// <param name="debezium">The password that <c>debezium</c> is to have.</param>
/// <param name="simulator">The password that <c>simulator</c> is to have.</param>
public sealed class MySqlRoot(int port, string password, string debezium, string simulator)
{
    private string ConnectionString => new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)port,
        UserID = "root",
        Password = password,
        ConnectionTimeout = 3,
        DefaultCommandTimeout = 30,
        // A probe every two seconds: a connection that is kept would hide a server that takes no new ones.
        Pooling = false,
        // On loopback, with a key that the server makes itself, TLS proves nothing and costs a probe ten times its time.
        SslMode = MySqlSslMode.None,
        AllowPublicKeyRetrieval = true,
    }.ConnectionString;

    /// <summary>Logs in and asks for the version; any exception says that it does not answer.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The server's version.</returns>
    public async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = new(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using MySqlCommand command = new("SELECT VERSION()", connection);
        return (string?)await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <summary>Users, grants, database and tables as they must be.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One line for each change that was made.</returns>
    public Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => MySqlConvergence.RunAsync(
        ConnectionString,
        new Dictionary<string, string>(StringComparer.Ordinal) { [DatabaseUser.Debezium.Name] = debezium, [DatabaseUser.Simulator.Name] = simulator },
        cancellationToken);
}
