using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>MySQL, the CDC source.</summary>
public sealed record MySqlResource : LabResource
{
    private static readonly Version FirstWithRedoLogCapacity = new(8, 0, 30);

    /// <summary>Its settings; each becomes an argument of mysqld and a check of the running server.</summary>
    public required IReadOnlyList<ServerSetting> Settings { get; init; }

    /// <summary>Settings that only the memory budget needs: an argument each, not checked, and unknown ones do no harm.</summary>
    public required IReadOnlyList<ServerSetting> MemorySettings { get; init; }

    /// <summary>The port that MySQL listens on.</summary>
    public int Port => Ports[0].Number;

    /// <summary>The arguments of mysqld that the specification asks for.</summary>
    /// <param name="server">The server's version; null for a current 8.0 or later.</param>
    /// <returns>Arguments such as <c>--binlog-format=ROW</c>, in the order of the settings.</returns>
    public IReadOnlyList<string> Arguments(Version? server = null) =>
    [
        .. Settings.Concat(MemorySettings).Select(s => $"--{s.Name.Replace('_', '-')}={s.Value}"),
        // Up to 8.0.29 the redo log is two files with a size of their own.
        .. server is not null && server < FirstWithRedoLogCapacity ? ["--innodb-log-file-size=67108864"] : Array.Empty<string>(),
    ];

    internal static MySqlResource From(LabOptions options, LabPorts ports) => new()
    {
        Name = ResourceNames.MySql,
        Kind = ResourceKind.Server,
        Image = options.MySql.Image,
        MemoryCapBytes = options.MySql.MemoryCap,
        HeapBytes = options.MySql.BufferPool,
        Ports = [new("mysql", ports.MySql, options.BindAddress, "Lab:PortBase")],
        DataFolder = "mysql",
        StopGrace = TimeSpan.FromSeconds(30),
        StartLimit = TimeSpan.FromSeconds(90),
        Health = HealthProbe.MySqlQuery,
        Settings = SettingsOf(options.MySql),
        MemorySettings =
        [
            // Measured: with these MySQL stays inside 1 GiB under heavy queries, and idles at 300 MB instead of 550.
            new("loose_temptable_max_ram", "67108864", "temporary tables beyond 64 MiB go to disk"),
            new("tmp_table_size", "4194304", "one temporary table takes 4 MiB of memory at most"),
            new("performance_schema", "OFF", "its buffers alone are 200 MB"),
            // From 9.x on; older servers do not know it and skip it for its prefix.
            new("loose_container_aware", "ON", "MySQL sizes itself by its cgroup, not by the machine"),
        ],
    };

    private static List<ServerSetting> SettingsOf(MySqlOptions options) =>
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

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
