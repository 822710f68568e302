using System.Collections.Frozen;
using CdcLab.Clients.MySql;
using CdcLab.Model.Schema;
using Dapper;
using MySqlConnector;

namespace CdcLab.Runtime.Convergence;

/// <summary>Brings about, at every start, what the specification says of MySQL's database, tables, users and grants.</summary>
/// <remarks>
/// What is missing is created; what our users have beyond their grants is revoked. No table or column is ever altered or dropped: a difference stays, and the check
/// <c>mysql.schema.X</c> reports it. It looks before it writes: where all is as it should be no statement reaches the binlog.
/// </remarks>
public sealed class MySqlConvergence
{
    private MySqlConvergence()
    {
    }

    /// <summary>Does it.</summary>
    /// <param name="rootConnectionString">How to log in as root. Nothing else is taken from it for our users than the server's address and the transport.</param>
    /// <param name="passwordsByUser">The password of each of <see cref="DatabaseUser.All"/>.</param>
    /// <param name="cancellationToken">Ends it between two statements.</param>
    /// <returns>What was changed, and what was seen and left, one line each; empty when all was as it should be. No line holds a password.</returns>
    /// <exception cref="MySqlException">The server cannot be reached, or refuses root.</exception>
    /// <exception cref="ConvergenceException">A user of ours could not be brought about; the message says which and what to do.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(
        string rootConnectionString, IReadOnlyDictionary<string, string> passwordsByUser, CancellationToken cancellationToken)
    {
        foreach (DatabaseUser user in DatabaseUser.All)
        {
            if (!passwordsByUser.TryGetValue(user.Name, out string? password) || password.Length == 0)
                throw new ArgumentException($"There is no password for the MySQL user {user.Name}.", nameof(passwordsByUser));
        }

        FrozenSet<string> ours = DatabaseUser.All.Select(u => u.Name).ToFrozenSet(StringComparer.Ordinal);
        if (passwordsByUser.Keys.FirstOrDefault(name => !ours.Contains(name)) is { } stranger)
            throw new ArgumentException($"{stranger} is not a MySQL user of the lab.", nameof(passwordsByUser));

        // Not pooled: the session's mode is changed, and nobody needs a connection of root afterwards.
        MySqlConnectionStringBuilder login = new(rootConnectionString) { Pooling = false, Database = "" };
        await using MySqlConnection root = new(login.ConnectionString);
        await root.OpenAsync(cancellationToken);
        await root.ExecuteAsync(new CommandDefinition(SqlText.SessionMode, cancellationToken: cancellationToken));

        List<string> lines = [];
        await new SchemaConvergence(root, lines).RunAsync(cancellationToken);
        foreach (DatabaseUser user in DatabaseUser.All)
            await new UserConvergence(root, login, user, passwordsByUser[user.Name], lines).RunAsync(cancellationToken);
        return lines;
    }
}
