using CdcLab.Model.Options;

namespace CdcLab.Model.Servers;

/// <summary>The settings that all brokers share, and ZooKeeper's; each is set at the start, and the brokers' are checked on the running brokers.</summary>
public static class KafkaSettings
{
    /// <summary>The listener that brokers and containers use.</summary>
    public const string InternalListener = "INTERNAL";

    /// <summary>The listener that clients on the host use.</summary>
    public const string ExternalListener = "EXTERNAL";

    /// <summary>What every broker is set to, beside its own id and listeners.</summary>
    public static IReadOnlyList<ServerSetting> Brokers(KafkaOptions kafka)
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
            new("leader.imbalance.per.broker.percentage", "0", "every leader returns; by default one of ten stays away for good"),
            new("controlled.shutdown.retry.backoff.ms", Milliseconds(kafka.ControlledShutdownBackoff), "a clean stop is quick"),
            // A broker that was paused and is thrown out as the controller never answers what it was asked: the in-sync sets do not grow until that wait is over, 30 s by default.
            new("controller.socket.timeout.ms", "10000", "how long the cluster waits for a controller that was paused"),
            new("group.initial.rebalance.delay.ms", "0", "a lab's consumer group has no crowd to wait for"),
        ];
    }

    /// <summary>What ZooKeeper is set to, beside its data folder, port and address.</summary>
    public static IReadOnlyList<ServerSetting> ZooKeeper(ZooKeeperOptions zooKeeper) =>
    [
        new("tickTime", Milliseconds(zooKeeper.TickTime), "brokers' sessions last 2 to 20 ticks"),
        new("4lw.commands.whitelist", "srvr,ruok,mntr,conf", "the health check asks srvr"),
        // With Jetty on the class path it would open 0.0.0.0:8080, which is Kafka UI's port.
        new("admin.enableServer", "false", "its admin server would take Kafka UI's port"),
        new("autopurge.snapRetainCount", "3", "a lab that is left on must not grow"),
        new("autopurge.purgeInterval", "1", "a lab that is left on must not grow"),
    ];

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(TimeSpan time) => Number((long)time.TotalMilliseconds);
}

/// <summary>One broker and the addresses that it must tell its clients.</summary>
/// <param name="Internal">Where the other brokers and containers reach it: <c>kafka-1:29092</c>, or <c>127.0.0.1:29092</c> as a process.</param>
/// <param name="External">Where clients on the host reach it, e.g. <c>localhost:9092</c>.</param>
public sealed record BrokerAddresses(int Id, string Internal, string External)
{
    /// <summary>The INTERNAL port of every broker in a container.</summary>
    public const int InternalContainerPort = 29092;

    public string Name => ResourceNames.Broker(Id);

    /// <summary>Every broker of a lab, by id.</summary>
    public static IReadOnlyList<BrokerAddresses> Of(LabOptions options, bool containers)
    {
        LabPorts ports = LabPorts.Of(options);
        return [.. Enumerable.Range(1, options.Kafka.Brokers).Select(id => new BrokerAddresses(
            id,
            containers ? $"{ResourceNames.Broker(id)}:{InternalContainerPort}" : $"127.0.0.1:{ports.Internal(id)}",
            $"{options.Kafka.AdvertisedHost}:{ports.External(id)}"))];
    }
}
