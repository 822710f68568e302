namespace CdcLab.Model.Options;

/// <summary>The catalogue of every setting. Reading, handing over to services, the README's table and the nearest-name hint all come from it.</summary>
public static class LabSettings
{
    /// <summary>All settings, in the order in which they are documented.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Setting.Text("Lab:Name", "The lab's name: lower-case letters, digits and dashes.", "a name", o => o.Name, (o, v) => o with { Name = v }),
        Setting.Choice("Lab:Runtime", "How the servers run.", o => o.Runtime, (o, v) => o with { Runtime = v }),
        Setting.Whole("Lab:PortBase", "0: the well-known ports; else the first port of the lab's own block.", o => o.PortBase, (o, v) => o with { PortBase = v }),
        Setting.Text("Lab:BindAddress", "The address that MySQL, the EXTERNAL listeners and the pages bind to.", "an IPv4 address of this machine", o => o.BindAddress, (o, v) => o with { BindAddress = v }),
        Setting.Text("Lab:DataDirectory", "Where data, secrets, logs and the run file lie.", "a folder", o => o.DataDirectory, (o, v) => o with { DataDirectory = v }),

        Setting.Text("Lab:MySql:Image", "Container image of MySQL.", "an image name", o => o.MySql.Image, (o, v) => o with { MySql = o.MySql with { Image = v } }),
        Setting.Size("Lab:MySql:MemoryCap", "Memory cap of MySQL.", o => o.MySql.MemoryCap, (o, v) => o with { MySql = o.MySql with { MemoryCap = v } }),
        Setting.Size("Lab:MySql:BufferPool", "InnoDB buffer pool.", o => o.MySql.BufferPool, (o, v) => o with { MySql = o.MySql with { BufferPool = v } }),
        Setting.Whole("Lab:MySql:MaxConnections", "Most connections at once.", o => o.MySql.MaxConnections, (o, v) => o with { MySql = o.MySql with { MaxConnections = v } }),
        Setting.Time("Lab:MySql:BinlogRetention", "How long a binlog file is kept.", o => o.MySql.BinlogRetention, (o, v) => o with { MySql = o.MySql with { BinlogRetention = v } }),

        Setting.Text("Lab:ZooKeeper:Image", "Container image of ZooKeeper.", "an image name", o => o.ZooKeeper.Image, (o, v) => o with { ZooKeeper = o.ZooKeeper with { Image = v } }),
        Setting.Size("Lab:ZooKeeper:MemoryCap", "Memory cap of ZooKeeper.", o => o.ZooKeeper.MemoryCap, (o, v) => o with { ZooKeeper = o.ZooKeeper with { MemoryCap = v } }),
        Setting.Size("Lab:ZooKeeper:Heap", "Java heap of ZooKeeper.", o => o.ZooKeeper.Heap, (o, v) => o with { ZooKeeper = o.ZooKeeper with { Heap = v } }),
        Setting.Time("Lab:ZooKeeper:TickTime", "ZooKeeper's unit of time; sessions last 2 to 20 ticks.", o => o.ZooKeeper.TickTime, (o, v) => o with { ZooKeeper = o.ZooKeeper with { TickTime = v } }),

        Setting.Choice("Lab:Kafka:Source", "Where the embedded runtime takes Kafka from.", o => o.Kafka.Source, (o, v) => o with { Kafka = o.Kafka with { Source = v } }),
        Setting.Address("Lab:Kafka:ArchiveUrl", "Kafka's release archive; its .sha512 lies beside it.", o => o.Kafka.ArchiveUrl, (o, v) => o with { Kafka = o.Kafka with { ArchiveUrl = v } }),
        Setting.Text("Lab:Kafka:Image", "Container image of the brokers.", "an image name", o => o.Kafka.Image, (o, v) => o with { Kafka = o.Kafka with { Image = v } }),
        Setting.Whole("Lab:Kafka:Brokers", "Number of brokers, 1 to 9.", o => o.Kafka.Brokers, (o, v) => o with { Kafka = o.Kafka with { Brokers = v } }),
        Setting.Size("Lab:Kafka:MemoryCap", "Memory cap of one broker.", o => o.Kafka.MemoryCap, (o, v) => o with { Kafka = o.Kafka with { MemoryCap = v } }),
        Setting.Size("Lab:Kafka:Heap", "Java heap of one broker.", o => o.Kafka.Heap, (o, v) => o with { Kafka = o.Kafka with { Heap = v } }),
        Setting.Whole("Lab:Kafka:ReplicationFactor", "Copies of each partition.", o => o.Kafka.ReplicationFactor, (o, v) => o with { Kafka = o.Kafka with { ReplicationFactor = v } }),
        Setting.Whole("Lab:Kafka:MinInSyncReplicas", "min.insync.replicas: copies that must have a record before acks=all is answered.", o => o.Kafka.MinInSyncReplicas, (o, v) => o with { Kafka = o.Kafka with { MinInSyncReplicas = v } }),
        Setting.Whole("Lab:Kafka:Partitions", "Partitions of a new topic.", o => o.Kafka.Partitions, (o, v) => o with { Kafka = o.Kafka with { Partitions = v } }),
        Setting.Whole("Lab:Kafka:RetentionHours", "log.retention.hours.", o => o.Kafka.RetentionHours, (o, v) => o with { Kafka = o.Kafka with { RetentionHours = v } }),
        Setting.Size("Lab:Kafka:RetentionBytes", "log.retention.bytes, per partition.", o => o.Kafka.RetentionBytes, (o, v) => o with { Kafka = o.Kafka with { RetentionBytes = v } }),
        Setting.Size("Lab:Kafka:SegmentBytes", "log.segment.bytes; a partition can hold its retention and one segment more.", o => o.Kafka.SegmentBytes, (o, v) => o with { Kafka = o.Kafka with { SegmentBytes = v } }),
        Setting.Time("Lab:Kafka:SessionTimeout", "How long a dead broker stays a member of the cluster.", o => o.Kafka.SessionTimeout, (o, v) => o with { Kafka = o.Kafka with { SessionTimeout = v } }),
        Setting.Time("Lab:Kafka:ReplicaLagTime", "How long a silent follower stays in the ISR.", o => o.Kafka.ReplicaLagTime, (o, v) => o with { Kafka = o.Kafka with { ReplicaLagTime = v } }),
        Setting.Time("Lab:Kafka:LeaderImbalanceCheckInterval", "How soon leaders return to their preferred broker.", o => o.Kafka.LeaderImbalanceCheckInterval, (o, v) => o with { Kafka = o.Kafka with { LeaderImbalanceCheckInterval = v } }),
        Setting.Time("Lab:Kafka:ControlledShutdownBackoff", "Pause between a stopping broker's tries to hand over its leaders.", o => o.Kafka.ControlledShutdownBackoff, (o, v) => o with { Kafka = o.Kafka with { ControlledShutdownBackoff = v } }),
        Setting.Text("Lab:Kafka:AdvertisedHost", "Host name or address that the EXTERNAL listeners tell clients to use.", "a host name or an address", o => o.Kafka.AdvertisedHost, (o, v) => o with { Kafka = o.Kafka with { AdvertisedHost = v } }),

        Setting.Text("Lab:KafkaUi:Image", "Container image of Kafka UI.", "an image name", o => o.KafkaUi.Image, (o, v) => o with { KafkaUi = o.KafkaUi with { Image = v } }),
        Setting.Size("Lab:KafkaUi:MemoryCap", "Memory cap of Kafka UI.", o => o.KafkaUi.MemoryCap, (o, v) => o with { KafkaUi = o.KafkaUi with { MemoryCap = v } }),
        Setting.YesNo("Lab:KafkaUi:Open", "Kafka UI writable and without a login; only on loopback.", o => o.KafkaUi.Open, (o, v) => o with { KafkaUi = o.KafkaUi with { Open = v } }),

        Setting.Rate("Lab:Simulator:OrdersPerSecond", "New orders per second: 0 paused, max as fast as it can.", o => o.Simulator.OrdersPerSecond, (o, v) => o with { Simulator = o.Simulator with { OrdersPerSecond = v } }),
        Setting.Whole("Lab:Simulator:Workers", "Connections that work on orders side by side.", o => o.Simulator.Workers, (o, v) => o with { Simulator = o.Simulator with { Workers = v } }),
        Setting.Whole("Lab:Simulator:Seed", "Seed of the market; the same seed with one worker gives the same orders. Default: another market each time.", o => o.Simulator.Seed, (o, v) => o with { Simulator = o.Simulator with { Seed = v } }),
        Setting.Count("Lab:Simulator:KeepOrders", "Finished orders that are kept.", o => o.Simulator.KeepOrders, (o, v) => o with { Simulator = o.Simulator with { KeepOrders = v } }),

        Setting.Time("Lab:Verifier:Interval", "Time from one round of checks to the next.", o => o.Verifier.Interval, (o, v) => o with { Verifier = o.Verifier with { Interval = v } }),
        Setting.Time("Lab:Verifier:ProbeInterval", "Time from one probe message to the next.", o => o.Verifier.ProbeInterval, (o, v) => o with { Verifier = o.Verifier with { ProbeInterval = v } }),
        Setting.Time("Lab:Verifier:MaxLatency", "Highest p99 latency that is still ok.", o => o.Verifier.MaxLatency, (o, v) => o with { Verifier = o.Verifier with { MaxLatency = v } }),

        Setting.YesNo("Lab:Dashboard:Enabled", "Whether the Aspire dashboard is started with the lab.", o => o.Dashboard.Enabled, (o, v) => o with { Dashboard = o.Dashboard with { Enabled = v } }),
        Setting.Text("Lab:Dashboard:Path", "A dashboard that is already on this machine.", "a file or folder", o => o.Dashboard.Path, (o, v) => o with { Dashboard = o.Dashboard with { Path = v } }),
        Setting.Whole("Lab:Dashboard:Port", "The dashboard's port.", o => o.Dashboard.Port, (o, v) => o with { Dashboard = o.Dashboard with { Port = v } }),

        Setting.Address("Lab:Npm:Registry", "The npm registry's address; default: npm's own configuration.", o => o.Npm.Registry, (o, v) => o with { Npm = o.Npm with { Registry = v } }),
    ];

    /// <summary>The text of every setting that has a value, by key.</summary>
    /// <param name="options">The options.</param>
    /// <returns>Keys and texts that <see cref="SettingsReader.Read"/> turns into the same options.</returns>
    public static IEnumerable<KeyValuePair<string, string>> Write(LabOptions options)
    {
        foreach (Setting setting in All)
        {
            if (setting.Read(options) is { } text)
                yield return new(setting.Key, text);
        }
    }
}
