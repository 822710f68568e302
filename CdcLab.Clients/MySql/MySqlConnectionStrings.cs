namespace CdcLab.Clients.MySql;

/// <summary>How every part of the lab connects to its MySQL: on loopback, with short time-outs. Never log it: it holds the password.</summary>
public static class MySqlConnectionStrings
{
    /// <summary>A connection for whoever keeps one open and works on it: a worker of the market, a probe. It is not pooled: closing it ends the session, and a
    /// pool would hand out connections that died with the server they belonged to.</summary>
    public static string Dedicated(int port, string user, string password, string database = "") => Make(port, user, password, database).ConnectionString;

    /// <summary>A connection for whoever asks now and then, e.g. a check every few seconds. Pooled: a login with <c>caching_sha2_password</c> costs a few
    /// milliseconds and a server thread. The pool holds few connections, asks each whether it still lives before it is reused, and drops idle ones.</summary>
    public static string Pooled(int port, string user, string password)
    {
        MySqlConnectionStringBuilder builder = Make(port, user, password);
        builder.Pooling = true;
        builder.MinimumPoolSize = 0;
        builder.MaximumPoolSize = 8;
        builder.ConnectionIdleTimeout = 30;
        // A session keeps the global privileges that it logged in with: what was granted or revoked since is seen by a new one.
        builder.ConnectionLifeTime = 10;
        // Each reuse asks the server (COM_RESET_CONNECTION), so a restarted server gives a new connection instead of an error.
        builder.ConnectionReset = true;
        return builder.ConnectionString;
    }

    private static MySqlConnectionStringBuilder Make(int port, string user, string password, string database = "") => new()
    {
        Server = "127.0.0.1",
        Port = (uint)port,
        UserID = user,
        Password = password,
        Database = database,
        Pooling = false,
        // Seconds. A server on loopback either answers within milliseconds or does not answer.
        ConnectionTimeout = 3,
        // So that a server that hangs is noticed like one that is gone.
        DefaultCommandTimeout = 5,
        // -1: when a command times out its socket is closed at once. The default opens another connection to send KILL QUERY and waits for it, which a
        // server that hangs does not answer either.
        CancellationTimeout = -1,
        // TLS on loopback would only cost. Without it caching_sha2_password sends the password under the server's RSA key, which has to be asked for.
        SslMode = MySqlSslMode.Disabled,
        AllowPublicKeyRetrieval = true,
        // The lab's DATETIMEs are UTC (the server's default-time-zone is +00:00).
        DateTimeKind = MySqlDateTimeKind.Utc,
        AutoEnlist = false,
        ApplicationName = "cdclab",
    };
}
