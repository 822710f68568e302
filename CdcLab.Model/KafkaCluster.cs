using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>The Kafka cluster: N brokers with one set of settings.</summary>
public sealed record KafkaCluster
{
    /// <summary>The listener that brokers and containers use.</summary>
    public const string InternalListener = "INTERNAL";

    /// <summary>The listener that clients on the host use.</summary>
    public const string ExternalListener = "EXTERNAL";

    /// <summary>The settings that every broker shares; each is set at the start and checked on the running broker.</summary>
    public required IReadOnlyList<ServerSetting> Settings { get; init; }

    /// <summary>The brokers, by id.</summary>
    public required IReadOnlyList<KafkaBroker> Brokers { get; init; }

    /// <summary>Copies of each partition.</summary>
    public required int ReplicationFactor { get; init; }

    /// <summary>Copies that must have a record before acks=all is answered.</summary>
    public required int MinInSyncReplicas { get; init; }

    /// <summary>Bootstrap servers of the INTERNAL side.</summary>
    public string InternalBootstrap => string.Join(',', Brokers.Select(b => b.InternalAddress));

    /// <summary>Bootstrap servers of the EXTERNAL side.</summary>
    public string ExternalBootstrap => string.Join(',', Brokers.Select(b => b.ExternalAddress));

    /// <summary>The most that one replica of one partition may hold on disk, in bytes: retention deletes closed segments only.</summary>
    public required long PartitionDiskBytes { get; init; }

    /// <summary>The latency probe's topic.</summary>
    public required KafkaTopic ProbeTopic { get; init; }

    internal static KafkaCluster From(LabOptions options, LabPorts ports, LabRuntimeKind runtime)
    {
        KafkaOptions kafka = options.Kafka;
        List<ServerSetting> shared = SharedSettings(kafka);
        return new()
        {
            Settings = shared,
            ReplicationFactor = kafka.ReplicationFactor,
            MinInSyncReplicas = kafka.MinInSyncReplicas,
            PartitionDiskBytes = kafka.RetentionBytes + kafka.SegmentBytes,
            ProbeTopic = KafkaTopic.Probe(Math.Max(kafka.Partitions, kafka.Brokers), kafka.ReplicationFactor),
            Brokers = [.. Enumerable.Range(1, kafka.Brokers).Select(id => Broker(id, options, ports, runtime, shared))],
        };
    }

    private static KafkaBroker Broker(int id, LabOptions options, LabPorts ports, LabRuntimeKind runtime, List<ServerSetting> shared)
    {
        bool containers = runtime == LabRuntimeKind.Container;
        string name = ResourceNames.Broker(id);
        string internalAddress = containers ? $"{name}:29092" : $"127.0.0.1:{ports.Internal(id)}";
        string externalAddress = $"{options.Kafka.AdvertisedHost}:{ports.External(id)}";
        string externalBind = containers ? "0.0.0.0" : options.BindAddress;
        string internalBind = containers ? "0.0.0.0:29092" : internalAddress;
        string zooKeeper = containers ? $"{ResourceNames.ZooKeeper}:2181" : $"127.0.0.1:{ports.ZooKeeper}";
        return new()
        {
            Name = name,
            Id = id,
            Kind = ResourceKind.Server,
            Parent = ResourceNames.Kafka,
            Image = options.Kafka.Image,
            MemoryCapBytes = options.Kafka.MemoryCap,
            HeapBytes = options.Kafka.Heap,
            InternalAddress = internalAddress,
            ExternalAddress = externalAddress,
            Ports =
            [
                new(ExternalListener, ports.External(id), options.BindAddress, "Lab:PortBase"),
                .. containers ? Array.Empty<LabPort>() : [new LabPort(InternalListener, ports.Internal(id), "127.0.0.1", "Lab:PortBase")],
            ],
            DataFolder = name,
            WaitsFor = [ResourceNames.ZooKeeper],
            StopGrace = TimeSpan.FromSeconds(60),
            StartLimit = TimeSpan.FromSeconds(90),
            Health = HealthProbe.BrokerMetadata,
            Settings =
            [
                new("broker.id", id.ToString(CultureInfo.InvariantCulture), "each broker has its own"),
                new("zookeeper.connect", zooKeeper, "the cluster's coordinator"),
                new("listeners", $"{InternalListener}://{internalBind},{ExternalListener}://{externalBind}:{ports.External(id)}", "one listener for each side"),
                new("advertised.listeners", $"{InternalListener}://{internalAddress},{ExternalListener}://{externalAddress}", "a client must be told an address that works on its side"),
                new("listener.security.protocol.map", $"{InternalListener}:PLAINTEXT,{ExternalListener}:PLAINTEXT", "named listeners need it"),
                new("inter.broker.listener.name", InternalListener, "brokers talk on their own side"),
                .. shared,
            ],
        };
    }

    private static List<ServerSetting> SharedSettings(KafkaOptions kafka)
    {
        string replication = Number(kafka.ReplicationFactor);
        string minimum = Number(kafka.MinInSyncReplicas);
        return
        [
            new("num.partitions", Number(kafka.Partitions), "consumers in parallel"),
            new("default.replication.factor", replication, "every partition on every broker it needs; Kafka's own default is 1"),
            new("min.insync.replicas", minimum, "an acknowledged record is on that many brokers; Kafka's own default is 1"),
            new("offsets.topic.replication.factor", replication, "consumers' offsets must survive a broker too"),
            new("transaction.state.log.replication.factor", replication, "transactions must survive a broker too"),
            new("transaction.state.log.min.isr", minimum, "transactions must survive a broker too"),
            new("unclean.leader.election.enable", "false", "a leader that lacks acknowledged records would lose them"),
            new("log.retention.hours", Number(kafka.RetentionHours), "disk"),
            new("log.retention.bytes", Number(kafka.RetentionBytes), "disk"),
            new("log.segment.bytes", Number(kafka.SegmentBytes), "retention deletes closed segments only"),
            new("zookeeper.session.timeout.ms", Milliseconds(kafka.SessionTimeout), "how soon a dead broker is noticed"),
            new("replica.lag.time.max.ms", Milliseconds(kafka.ReplicaLagTime), "how long a dead follower holds up acks=all"),
            new("auto.leader.rebalance.enable", "true", "leaders return to their preferred broker"),
            new("leader.imbalance.check.interval.seconds", Number((long)kafka.LeaderImbalanceCheckInterval.TotalSeconds), "how soon they return"),
            new("controlled.shutdown.retry.backoff.ms", Milliseconds(kafka.ControlledShutdownBackoff), "a clean stop is quick"),
            new("group.initial.rebalance.delay.ms", "0", "a lab's consumer group has no crowd to wait for"),
        ];
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => Number((long)time.TotalMilliseconds);
}
