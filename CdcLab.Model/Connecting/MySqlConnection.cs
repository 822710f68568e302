namespace CdcLab.Model.Connecting;

/// <summary>How a client reaches MySQL as the user that captures changes.</summary>
/// <param name="Host">Its address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">The database.</param>
/// <param name="User">The user.</param>
/// <param name="Password">Its password; null where it is not shown.</param>
public sealed record MySqlConnection(string Host, int Port, string Database, string User, string? Password)
{
    /// <summary>The address for MySQL's JDBC driver (Connector/J).</summary>
    public string Jdbc => $"jdbc:mysql://{Host}:{Port}/{Database}";

    /// <summary>The command line of the mysql and the mariadb client; it asks for the password where that is not shown.</summary>
    /// <remarks>
    /// The server's certificate is its own: MariaDB's client (Debian's <c>mysql</c>) would refuse it, and MySQL's own does not know the option, hence <c>loose</c>.
    /// </remarks>
    public string CommandLine => $"{(Password is null ? "" : $"MYSQL_PWD={Password} ")}mysql --host={Host} --port={Port} --user={User}{(Password is null ? " --password" : "")} --loose-skip-ssl-verify-server-cert {Database}";
}
