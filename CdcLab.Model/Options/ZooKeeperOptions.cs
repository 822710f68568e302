namespace CdcLab.Model.Options;

/// <summary>The section <c>Lab:ZooKeeper</c>.</summary>
public sealed record ZooKeeperOptions
{
    /// <summary>The container image.</summary>
    public string Image { get; init; } = "confluentinc/cp-zookeeper:7.5.3";

    /// <summary>Memory cap in bytes.</summary>
    public long MemoryCap { get; init; } = 384 * ByteSize.MiB;

    /// <summary>Java heap in bytes.</summary>
    public long Heap { get; init; } = 256 * ByteSize.MiB;

    /// <summary>ZooKeeper's unit of time; sessions last 2 to 20 ticks.</summary>
    public TimeSpan TickTime { get; init; } = TimeSpan.FromSeconds(2);
}
