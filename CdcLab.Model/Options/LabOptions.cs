using System.ComponentModel;

namespace CdcLab.Model.Options;

/// <summary>How the servers run: <c>Lab:Runtime</c>.</summary>
public enum LabRuntime
{
    /// <summary>Containers if an engine answers, else processes.</summary>
    Auto,
    /// <summary>The specification's images under a container engine.</summary>
    Container,
    /// <summary>Plain processes on this machine.</summary>
    Process,
    /// <summary>The old name of <see cref="Process"/>.</summary>
    Embedded,
}

/// <summary>Where a lab of processes takes Kafka and ZooKeeper from: <c>Lab:Kafka:Source</c>.</summary>
public enum KafkaSourceKind
{
    /// <summary><c>KAFKA_HOME</c> if it is set, else Apache's archive, else the legacy Kafka of the npm registry.</summary>
    Auto,
    /// <summary>The unpacked distribution that <c>KAFKA_HOME</c> names.</summary>
    Home,
    /// <summary>Apache's release archive.</summary>
    Archive,
    /// <summary>The legacy Kafka of the npm registry.</summary>
    Npm,
}

/// <summary>Everything that can be set about a lab; the section <c>Lab</c>. The attributes are the one statement of each option: its meaning, form and range.</summary>
public sealed record LabOptions
{
    public const string Section = "Lab";

    [Description("The lab's name: 1 to 32 lower-case letters, digits and dashes.")]
    public string Name { get; init; } = "default";
    [Description("How the servers run. auto: containers if an engine answers, else processes.")]
    public LabRuntime Runtime { get; init; }

    [Description("0: the well-known ports; else the first port of the lab's own block of 30.")]
    public int PortBase { get; init; }

    [Description("The IPv4 address that MySQL, the EXTERNAL listeners, Kafka UI and the verifier bind to.")]
    public string BindAddress { get; init; } = "127.0.0.1";
    [Description("The folder of data, secrets and logs. Default: cdclab/NAME below ${XDG_STATE_HOME:-~/.local/state}.")]
    public string? DataDirectory { get; init; }

    public MySqlOptions MySql { get; init; } = new();
    public ZooKeeperOptions ZooKeeper { get; init; } = new();
    public KafkaOptions Kafka { get; init; } = new();
    public KafkaUiOptions KafkaUi { get; init; } = new();
    public DebeziumOptions Debezium { get; init; } = new();
    public SimulatorOptions Simulator { get; init; } = new();
    public VerifierOptions Verifier { get; init; } = new();
    public DashboardOptions Dashboard { get; init; } = new();
    public NpmOptions Npm { get; init; } = new();
}

/// <summary>The section <c>Lab:MySql</c>.</summary>
public sealed record MySqlOptions
{
    [Description("Container image of MySQL.")]
    public string Image { get; init; } = "mysql:8.0";
    [Description("Memory cap of MySQL."), Size("261m")]
    public long MemoryCap { get; init; } = 1024 * ByteSize.MiB;
    // MySQL refuses less than 5 MiB.
    [Description("InnoDB buffer pool."), Size("5m")]
    public long BufferPool { get; init; } = 512 * ByteSize.MiB;
    [Description("Most connections at once."), Range(1, 100_000)]
    public int MaxConnections { get; init; } = 100;
    // binlog_expire_logs_seconds is a 32-bit number, and 0 would keep the files for ever.
    [Description("How long a binlog file is kept."), Duration("1s", "1193046h", Unit = "1s")]
    public TimeSpan BinlogRetention { get; init; } = TimeSpan.FromDays(3);
}

/// <summary>The section <c>Lab:ZooKeeper</c>.</summary>
public sealed record ZooKeeperOptions
{
    [Description("Container image of ZooKeeper.")]
    public string Image { get; init; } = "confluentinc/cp-zookeeper:7.5.3";
    [Description("Memory cap of ZooKeeper."), Size("192m")]
    public long MemoryCap { get; init; } = 384 * ByteSize.MiB;
    [Description("Java heap of ZooKeeper."), Size("64m")]
    public long Heap { get; init; } = 256 * ByteSize.MiB;
    [Description("ZooKeeper's unit of time; sessions last 2 to 20 ticks."), Duration("100ms", "1m", Unit = "1ms")]
    public TimeSpan TickTime { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>The section <c>Lab:Kafka</c>.</summary>
public sealed record KafkaOptions
{
    [Description("Where a lab of processes takes Kafka from: auto, home, archive or npm. auto: KAFKA_HOME if it is set, else the archive, and only where that cannot be reached at all the legacy Kafka 0.9 of npm's registry.")]
    public KafkaSourceKind Source { get; init; }

    [Description("Kafka's release archive; its .sha512 lies beside it.")]
    public Uri ArchiveUrl { get; init; } = new("https://archive.apache.org/dist/kafka/3.5.2/kafka_2.13-3.5.2.tgz");
    [Description("Container image of the brokers.")]
    public string Image { get; init; } = "confluentinc/cp-kafka:7.5.3";
    [Description("Number of brokers."), Range(1, 9)]
    public int Brokers { get; init; } = 3;
    [Description("Memory cap of one broker."), Size("384m")]
    public long MemoryCap { get; init; } = 768 * ByteSize.MiB;
    // A broker's log cleaner alone takes 128 MiB.
    [Description("Java heap of one broker."), Size("256m")]
    public long Heap { get; init; } = 512 * ByteSize.MiB;
    [Description("Copies of each partition."), Range(1, 9)]
    public int ReplicationFactor { get; init; } = 3;
    [Description("min.insync.replicas: copies that must have a record before acks=all is answered."), Range(1, 9)]
    public int MinInSyncReplicas { get; init; } = 2;
    [Description("Partitions of a new topic."), Range(1, 1000)]
    public int Partitions { get; init; } = 3;
    [Description("log.retention.hours."), Range(1, 87_600)]
    public int RetentionHours { get; init; } = 72;
    [Description("log.retention.bytes, per partition."), Size("1m", "1048576g")]
    public long RetentionBytes { get; init; } = ByteSize.GiB;
    // A 32-bit number. Retention works on closed segments only.
    [Description("log.segment.bytes; a partition can hold its retention and one segment more."), Size("1m", "2147483647")]
    public long SegmentBytes { get; init; } = 128 * ByteSize.MiB;
    [Description("How long a dead broker stays a member of the cluster."), Duration("200ms", "20m", Unit = "1ms")]
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);
    // A broker refuses less than replica.fetch.wait.max.ms, 500 ms.
    [Description("How long a silent follower stays in the ISR."), Duration("500ms", "5m", Unit = "1ms")]
    public TimeSpan ReplicaLagTime { get; init; } = TimeSpan.FromSeconds(4);
    [Description("How soon leaders return to their preferred broker."), Duration("1s", "24h", Unit = "1s")]
    public TimeSpan LeaderImbalanceCheckInterval { get; init; } = TimeSpan.FromSeconds(10);
    // Longer than the 60 s that a broker has for its stop would never be over.
    [Description("Pause between a stopping broker's tries to hand over its leaders."), Duration("1ms", "30s", Unit = "1ms")]
    public TimeSpan ControlledShutdownBackoff { get; init; } = TimeSpan.FromMilliseconds(500);
    [Description("Host name or IPv4 address that the EXTERNAL listeners tell clients to use.")]
    public string AdvertisedHost { get; init; } = "localhost";
}

/// <summary>The section <c>Lab:KafkaUi</c>.</summary>
public sealed record KafkaUiOptions
{
    [Description("Container image of Kafka UI.")]
    public string Image { get; init; } = "provectuslabs/kafka-ui:v0.7.2";
    // Its heap of 192 MiB, and what a JVM takes beside it.
    [Description("Memory cap of Kafka UI."), Size("320m")]
    public long MemoryCap { get; init; } = 384 * ByteSize.MiB;
    [Description("Kafka UI writable and without a login; only on loopback.")]
    public bool Open { get; init; }
}

/// <summary>The section <c>Lab:Debezium</c>.</summary>
public sealed record DebeziumOptions
{
    [Description("Whether Kafka Connect with Debezium's connector starts with the lab; else by Start in the dashboard.")]
    public bool Start { get; init; }
    [Description("Container image of Kafka Connect with Debezium. As a process it comes from the folder DEBEZIUM_HOME.")]
    public string Image { get; init; } = "quay.io/debezium/connect:3.5";
    [Description("Memory cap of Kafka Connect."), Size("384m")]
    public long MemoryCap { get; init; } = 512 * ByteSize.MiB;
    [Description("Java heap of Kafka Connect."), Size("128m")]
    public long Heap { get; init; } = 256 * ByteSize.MiB;
    [Description("How often the connector asks for new changes; Debezium's own default is 500ms."), Duration("1ms", "10s", Unit = "1ms")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(50);
    [Description("How soon a change must reach a consumer."), Duration("1s", "10m", Unit = "1ms")]
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>The section <c>Lab:Simulator</c>.</summary>
public sealed record SimulatorOptions
{
    [Description("New orders per second: 0 (paused), a number up to 100000, or max.")]
    public OrderRate OrdersPerSecond { get; init; } = new(20);
    [Description("Connections that work on orders side by side."), Range(1, 64)]
    public int Workers { get; init; } = 4;
    [Description("Seed of the market; the same seed with one worker gives the same orders. Default: another market each time.")]
    public int? Seed { get; init; }

    [Description("Finished orders that are kept; older ones are purged."), Range(1_000, 1_000_000_000)]
    public int KeepOrders { get; init; } = 1_000_000;
}

/// <summary>The section <c>Lab:Verifier</c>.</summary>
public sealed record VerifierOptions
{
    [Description("Time from one round of checks to the next."), Duration("1s", "1h", Unit = "1ms")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);
    // A verdict needs 20 samples, and its window is as long as 30 take.
    [Description("Time from one probe message to the next."), Duration("10ms", "1s", Unit = "1ms")]
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(250);
    [Description("Highest p99 latency that is still ok."), Duration("1ms", "30s")]
    public TimeSpan MaxLatency { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>The section <c>Lab:Dashboard</c>.</summary>
public sealed record DashboardOptions
{
    [Description("Whether the Aspire dashboard is started with the lab.")]
    public bool Enabled { get; init; } = true;
    [Description("The dashboard's port. Default: 18888, or PortBase + 5.")]
    public int? Port { get; init; }
}

/// <summary>The section <c>Lab:Npm</c>.</summary>
public sealed record NpmOptions
{
    [Description("The npm registry's address. Default: npm's own configuration.")]
    public Uri? Registry { get; init; }
}
