namespace CdcLab.Model.Options;

/// <summary>The section <c>Lab:MySql</c>.</summary>
public sealed record MySqlOptions
{
    /// <summary>The container image.</summary>
    public string Image { get; init; } = "mysql:8.0";

    /// <summary>Memory cap in bytes.</summary>
    public long MemoryCap { get; init; } = 1024 * ByteSize.MiB;

    /// <summary>InnoDB buffer pool in bytes.</summary>
    public long BufferPool { get; init; } = 512 * ByteSize.MiB;

    /// <summary>Most connections at once.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>How long a binlog file is kept.</summary>
    public TimeSpan BinlogRetention { get; init; } = TimeSpan.FromDays(3);
}
