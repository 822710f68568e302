namespace CdcLab.Clients.MySql;

/// <summary>Where the binlog is: the file that is written to, and the position after its last event.</summary>
public sealed record BinlogStatus(string File, long Position)
{
    /// <summary>Reads it, which takes REPLICATION CLIENT; null where the server writes no binlog.</summary>
    public static async Task<BinlogStatus?> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(connection, "SHOW BINARY LOG STATUS", cancellationToken);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.ParseError)
        {
            // The new words came with 8.2, the old ones went with 8.4. The server knows best which it takes; its version number does not tell (maxwell#2123).
            return await AskAsync(connection, "SHOW MASTER STATUS", cancellationToken);
        }
    }

    private static async Task<BinlogStatus?> AskAsync(MySqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        dynamic? row = await connection.QueryFirstOrDefaultAsync(new CommandDefinition(statement, cancellationToken: cancellationToken));
        return row is null ? null : new((string)row.File, (long)row.Position);
    }
}

/// <summary>The server's global variables. Never the session's: those do not follow SET GLOBAL.</summary>
/// <param name="Values">What runs now, by name.</param>
/// <param name="Persisted">What <c>SET PERSIST</c> wrote: it holds from the next start on, before the command line.</param>
/// <param name="Dynamic">The names of those that were set while the server ran.</param>
public sealed record GlobalVariables(IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, string> Persisted, IReadOnlySet<string> Dynamic)
{
    /// <summary>Among the values, though it is a status: whether InnoDB writes its redo log; absent before 8.0.21.</summary>
    public const string RedoLogEnabled = "Innodb_redo_log_enabled";

    /// <summary>Among the values, though it belongs to the lab's database: what <c>ALTER DATABASE</c> set, e.g. <c>READ ONLY=1</c>.</summary>
    public const string DatabaseOptions = "options of the database";

    /// <summary>Among the values, though it is none: the source whose changes this server applies, <c>host:port</c>; absent where it replicates from nobody.</summary>
    public const string ReplicatesFrom = "replicates from";

    /// <summary>Reads them, which needs no privilege beyond SELECT; names in any case. Works with <c>performance_schema=OFF</c>.</summary>
    public static async Task<GlobalVariables> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        Dictionary<string, string> values = await PairsAsync("SHOW GLOBAL VARIABLES");
        foreach ((string name, string value) in await PairsAsync($"SHOW GLOBAL STATUS LIKE '{RedoLogEnabled}'"))
            values[name] = value;
        foreach ((string name, string value) in await PairsAsync($"SELECT '{DatabaseOptions}', options FROM information_schema.schemata_extensions WHERE schema_name = '{OrdersSchema.Database}'"))
            values[name] = value;
        foreach ((string name, string value) in await PairsAsync(
            $"SELECT '{ReplicatesFrom}', GROUP_CONCAT(host, ':', port ORDER BY channel_name) FROM performance_schema.replication_connection_configuration WHERE host <> '' HAVING COUNT(*) > 0"))
            values[name] = value;
        return new(
            values,
            await PairsAsync("SELECT variable_name, variable_value FROM performance_schema.persisted_variables"),
            (await PairsAsync("SELECT variable_name, variable_source FROM performance_schema.variables_info WHERE variable_source = 'DYNAMIC'")).Keys.ToHashSet(StringComparer.OrdinalIgnoreCase));

        async Task<Dictionary<string, string>> PairsAsync(string sql) =>
            (await connection.QueryAsync<(string Name, string Value)>(new CommandDefinition(sql, cancellationToken: cancellationToken)))
            .ToDictionary(r => r.Name, r => r.Value, StringComparer.OrdinalIgnoreCase);
    }
}
