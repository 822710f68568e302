namespace CdcLab.Model.Options;

/// <summary>The section <c>Lab:Kafka</c>.</summary>
public sealed record KafkaOptions
{
    /// <summary>Where the embedded runtime takes Kafka from.</summary>
    public KafkaSourceKind Source { get; init; } = KafkaSourceKind.Auto;

    /// <summary>Apache's release archive; its <c>.sha512</c> lies beside it.</summary>
    public Uri ArchiveUrl { get; init; } = new("https://archive.apache.org/dist/kafka/3.5.2/kafka_2.13-3.5.2.tgz");

    /// <summary>The container image.</summary>
    public string Image { get; init; } = "confluentinc/cp-kafka:7.5.3";

    /// <summary>Number of brokers, 1 to 9.</summary>
    public int Brokers { get; init; } = 3;

    /// <summary>Memory cap of one broker in bytes.</summary>
    public long MemoryCap { get; init; } = 768 * ByteSize.MiB;

    /// <summary>Java heap of one broker in bytes.</summary>
    public long Heap { get; init; } = 512 * ByteSize.MiB;

    /// <summary>Copies of each partition.</summary>
    public int ReplicationFactor { get; init; } = 3;

    /// <summary><c>min.insync.replicas</c>: copies that must have a record before acks=all is answered.</summary>
    public int MinInSyncReplicas { get; init; } = 2;

    /// <summary>Partitions of a new topic.</summary>
    public int Partitions { get; init; } = 3;

    /// <summary><c>log.retention.hours</c>.</summary>
    public int RetentionHours { get; init; } = 72;

    /// <summary><c>log.retention.bytes</c>, per partition.</summary>
    public long RetentionBytes { get; init; } = ByteSize.GiB;

    /// <summary><c>log.segment.bytes</c>. Retention works on closed segments, so a partition can hold its retention and one segment more.</summary>
    public long SegmentBytes { get; init; } = 128 * ByteSize.MiB;

    /// <summary><c>zookeeper.session.timeout.ms</c>: how long a dead broker stays a member.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary><c>replica.lag.time.max.ms</c>: how long a silent follower stays in the ISR.</summary>
    public TimeSpan ReplicaLagTime { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary><c>leader.imbalance.check.interval.seconds</c>: how soon leaders return to their preferred broker.</summary>
    public TimeSpan LeaderImbalanceCheckInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>controlled.shutdown.retry.backoff.ms</c>.</summary>
    public TimeSpan ControlledShutdownBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The host name or address that the EXTERNAL listeners tell clients to use.</summary>
    public string AdvertisedHost { get; init; } = "localhost";
}
