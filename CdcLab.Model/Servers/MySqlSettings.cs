using CdcLab.Model.Options;

namespace CdcLab.Model.Servers;

/// <summary>The settings of MySQL: each becomes an argument of mysqld, and each of <see cref="Checked"/> a check of the running server.</summary>
public static class MySqlSettings
{
    private static readonly Version FirstWithRedoLogCapacity = new(8, 0, 30);

    /// <summary>Settings that only the memory budget needs: an argument each, not checked. Servers that do not know one skip it for its prefix.</summary>
    public static IReadOnlyList<ServerSetting> Unchecked { get; } =
    [
        // Measured: with these MySQL stays inside 1 GiB under heavy queries, and idles at 300 MB instead of 550.
        new("loose_temptable_max_ram", "67108864", "temporary tables beyond 64 MiB go to disk"),
        new("tmp_table_size", "4194304", "one temporary table takes 4 MiB of memory at most"),
        new("performance_schema", "OFF", "its buffers alone are 200 MB"),
        new("loose_container_aware", "ON", "MySQL 9 sizes itself by its cgroup, not by the machine"),
    ];

    /// <summary>The settings that the running server must show.</summary>
    public static IReadOnlyList<ServerSetting> Checked(MySqlOptions options) =>
    [
        new("server_id", "1", "a replica, and Debezium is one, needs a source with an id of its own"),
        new("log_bin", "binlog", "without a binlog there is nothing to capture", Shown: "ON"),
        new("binlog_format", "ROW", "Debezium reads row images, not statements"),
        new("binlog_row_image", "FULL", "before and after images must carry every column"),
        new("gtid_mode", "ON", "a reader finds its exact place again after a failure"),
        new("enforce_gtid_consistency", "ON", "GTIDs need it"),
        new("binlog_expire_logs_seconds", Number((long)options.BinlogRetention.TotalSeconds), "binlog files must outlive a reader's pause and not fill the disk"),
        new("default_time_zone", "+00:00", "DATETIME carries no zone and Debezium reads it as UTC", ShownAs: "time_zone"),
        new("innodb_buffer_pool_size", Number(options.BufferPool), "the memory budget"),
        // Two files of 64 MiB, as the specification says for servers up to 8.0.29; 8.0.30 and later know only their sum. Older ones skip it for its prefix.
        new("loose_innodb_redo_log_capacity", Number(128 * ByteSize.MiB), "the memory and disk budget", ShownAs: "innodb_redo_log_capacity"),
        new("max_connections", Number(options.MaxConnections), "each connection takes memory"),
    ];

    /// <summary>All settings as arguments of mysqld, such as <c>--binlog-format=ROW</c>.</summary>
    /// <param name="server">The server's version; null for a current 8.0 or later.</param>
    public static IReadOnlyList<string> Arguments(MySqlOptions options, Version? server = null) =>
    [
        .. Checked(options).Concat(Unchecked).Select(s => $"--{s.Name.Replace('_', '-')}={s.Value}"),
        // Up to 8.0.29 the redo log is two files with a size of their own.
        .. server is not null && server < FirstWithRedoLogCapacity ? ["--innodb-log-file-size=67108864"] : Array.Empty<string>(),
    ];

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>One setting of a server: what starts the server sets it, what checks the server expects it.</summary>
/// <param name="Name">The server's own name for it, e.g. <c>binlog_format</c> or <c>min.insync.replicas</c>.</param>
/// <param name="Shown">The value that the running server shows, where it differs from <paramref name="Value"/>.</param>
/// <param name="ShownAs">The name under which the running server shows it, where it differs from <paramref name="Name"/>.</param>
public sealed record ServerSetting(string Name, string Value, string Because, string? Shown = null, string? ShownAs = null)
{
    /// <summary>The name under which the running server shows it.</summary>
    public string Variable => ShownAs ?? Name;

    /// <summary>What the running server must show.</summary>
    public string Expected => Shown ?? Value;
}
