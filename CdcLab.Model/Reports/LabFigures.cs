namespace CdcLab.Model.Reports;

/// <summary>What only the AppHost knows, sent to the verifier every few seconds (<c>POST /v1/figures</c>).</summary>
public sealed record LabFigures
{
    public required DateTimeOffset At { get; init; }
    /// <summary>Whether the servers run as containers.</summary>
    public required bool Containers { get; init; }
    /// <summary>Name and version of the MySQL that runs, e.g. <c>MySQL 9.7.4</c>; null while it is not known.</summary>
    public string? MySql { get; init; }
    /// <summary>Name and version of the Kafka that runs, e.g. <c>Kafka 3.5.2</c>; null while it is not known.</summary>
    public string? Kafka { get; init; }
    /// <summary>Whether it is the legacy Kafka (0.9), which needs other client settings; null while that is not known.</summary>
    public bool? LegacyKafka { get; init; }
    /// <summary>The words with which Kafka's own tools start on this machine; null while they are not known.</summary>
    public KafkaTools? KafkaTools { get; init; }
    /// <summary>The disk that the servers' data lie on; null where it could not be read.</summary>
    public DiskFigures? DataDisk { get; init; }
    /// <summary>Why the kernel does not enforce the memory caps; null where it does.</summary>
    public string? CapsNotEnforced { get; init; }
    public IReadOnlyList<NotPossible> NotPossibleHere { get; init; } = [];
    public IReadOnlyList<ResourceFigures> Resources { get; init; } = [];
    /// <summary>What brokers in containers answer inside their network; null where that was not asked.</summary>
    public IReadOnlyList<ListenerAnswer>? Inside { get; init; }
    /// <summary>Triggers and events that act on the orders schema, which only root sees; null where MySQL does not answer it.</summary>
    public IReadOnlyList<MySqlTrigger>? Triggers { get; init; }
    /// <summary>Statements that have run for at least <see cref="MySqlStatement.NoticedAfter"/>, which only root sees; null where MySQL does not answer it.</summary>
    public IReadOnlyList<MySqlStatement>? LongStatements { get; init; }
    /// <summary>Sessions of MySQL that are not the lab's, with the time of their state; who has a transaction open comes first. Null where MySQL does not answer root.</summary>
    public IReadOnlyList<MySqlStatement>? Strangers { get; init; }
    /// <summary>Distributed transactions that were prepared and that no session holds any more, each as XA ROLLBACK takes it; null where MySQL does not answer root.</summary>
    public IReadOnlyList<string>? Prepared { get; init; }
    /// <summary>MySQL's words where it refuses the lab's root; null where it does not.</summary>
    public string? RootRefusal { get; init; }
    /// <summary>PSS in bytes of AppHost, orchestrator, monitors and dashboard, each shared page counted once. Null where it could not be read.</summary>
    public long? HostBytes { get; init; }
}

/// <summary>How Kafka's own tools are started in a shell of this machine, with the address of the cluster: what follows are their options.</summary>
/// <param name="Configs">kafka-configs, e.g. <c>docker exec kafka-1 kafka-configs --bootstrap-server kafka-1:29092</c>.</param>
/// <param name="Topics">kafka-topics.</param>
/// <param name="Reassign">kafka-reassign-partitions, which executes the JSON that is piped into it.</param>
/// <param name="ZooKeeper">zookeeper-shell.</param>
public sealed record KafkaTools(string Configs, string Topics, string Reassign, string ZooKeeper)
{
    public const string FromPipe = "--reassignment-json-file /dev/stdin --execute";

    /// <summary>Their usual names, where it is not known how they start here.</summary>
    public static KafkaTools Usual(string bootstrap, string zooKeeper) => new(
        $"kafka-configs.sh --bootstrap-server {bootstrap}",
        $"kafka-topics.sh --bootstrap-server {bootstrap}",
        $"kafka-reassign-partitions.sh --bootstrap-server {bootstrap} {FromPipe}",
        $"zookeeper-shell.sh {zooKeeper}");
}

/// <summary>What acts by itself in MySQL.</summary>
/// <param name="Kind"><c>TRIGGER</c> or <c>EVENT</c>, as a DROP statement names it.</param>
/// <param name="On">When it acts, e.g. <c>BEFORE INSERT ON cdclab.orders</c>.</param>
public sealed record MySqlTrigger(string Kind, string Schema, string Name, string On);

/// <summary>What a session of MySQL is busy with.</summary>
/// <param name="Session">Its id, for KILL.</param>
/// <param name="Account">User and host.</param>
/// <param name="Seconds">For how long it has run.</param>
/// <param name="Text">Its first letters, up to the first quotation mark.</param>
public sealed record MySqlStatement(long Session, string Account, long Seconds, string Text)
{
    /// <summary>From when on a statement is long.</summary>
    public static readonly TimeSpan NoticedAfter = TimeSpan.FromSeconds(10);
}

/// <summary>A disk, by a folder on it.</summary>
public sealed record DiskFigures(string Folder, long FreeBytes, long TotalBytes);

/// <summary>One server or service as the AppHost sees it.</summary>
public sealed record ResourceFigures
{
    public required string Name { get; init; }
    /// <summary>Its state as the dashboard shows it, e.g. <c>Running</c>, <c>Paused</c>, <c>Finished</c>.</summary>
    public required string State { get; init; }
    /// <summary>Whether it runs and is not paused.</summary>
    public bool IsRunning => State == "Running";
    /// <summary>When a command of the lab last had it begin anew; null where that is not kept, which is only for connectors.</summary>
    public DateTime? BegunAt { get; init; }
    /// <summary>Its process id, while it runs as a process.</summary>
    public int? Pid { get; init; }
    /// <summary>How it ended, e.g. <c>killed by SIGKILL from outside the lab</c>; null while it runs.</summary>
    public string? Ended { get; init; }
    /// <summary>Its memory; null where nothing could be read.</summary>
    public MemoryFigures? Memory { get; init; }
}

/// <summary>The memory of one server or service. A figure that could not be read is null, never 0.</summary>
/// <param name="UsedBytes">Anonymous memory: what it cannot give back.</param>
/// <param name="CacheBytes">Page cache that is counted to it.</param>
/// <param name="PeakBytes">The highest use so far, cache included where a cgroup counts it.</param>
/// <param name="CapBytes">The cap that the kernel enforces; null for none.</param>
/// <param name="OomKills">How often the kernel ended a process of it for its cap.</param>
public sealed record MemoryFigures(long? UsedBytes, long? CacheBytes, long? PeakBytes, long? CapBytes, long? OomKills)
{
    /// <summary>Whether its process is not in the cgroup that it was started in, or that has no cap any more.</summary>
    public bool IsOutside { get; init; }
}

/// <summary>What one broker answers on one of its listeners.</summary>
/// <param name="Told">The addresses that it tells; null where it did not answer.</param>
/// <param name="WhyNot">Why it did not answer.</param>
public sealed record ListenerAnswer(string Broker, IReadOnlyList<AdvertisedBroker>? Told, string? WhyNot);

/// <summary>One broker in a metadata answer: the host and the port that clients are told.</summary>
public sealed record AdvertisedBroker(int Id, string Host, int Port)
{
    public string Address => $"{Host}:{Port}";
}
