using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>ZooKeeper, the cluster's coordinator.</summary>
public sealed record ZooKeeperResource : LabResource
{
    /// <summary>Its settings, without those that depend on where it runs (data folder, port, address).</summary>
    public required IReadOnlyList<ServerSetting> Settings { get; init; }

    /// <summary>Its client port.</summary>
    public int Port => Ports[0].Number;

    internal static ZooKeeperResource From(LabOptions options, LabPorts ports) => new()
    {
        Name = ResourceNames.ZooKeeper,
        Kind = ResourceKind.Server,
        Image = options.ZooKeeper.Image,
        MemoryCapBytes = options.ZooKeeper.MemoryCap,
        HeapBytes = options.ZooKeeper.Heap,
        Ports = [new("client", ports.ZooKeeper, "127.0.0.1", "Lab:PortBase")],
        DataFolder = "zookeeper",
        StopGrace = TimeSpan.FromSeconds(10),
        StartLimit = TimeSpan.FromSeconds(60),
        Health = HealthProbe.ZooKeeperSrvr,
        Settings =
        [
            new("tickTime", ((long)options.ZooKeeper.TickTime.TotalMilliseconds).ToString(CultureInfo.InvariantCulture), "brokers' sessions last 2 to 20 ticks"),
            new("4lw.commands.whitelist", "srvr,ruok,mntr,conf", "the probe asks srvr"),
            // With Jetty on the class path it would open 0.0.0.0:8080, which is Kafka UI's port.
            new("admin.enableServer", "false", "its admin server would take Kafka UI's port"),
            new("autopurge.snapRetainCount", "3", "a lab that is left on must not grow"),
            new("autopurge.purgeInterval", "1", "a lab that is left on must not grow"),
        ],
    };
}
