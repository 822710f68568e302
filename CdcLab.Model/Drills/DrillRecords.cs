namespace CdcLab.Model.Drills;

/// <summary>How far the changes have come (<c>POST /v1/changes</c>).</summary>
/// <param name="Matched">Commits of the market whose event has come.</param>
/// <param name="Duplicates">Events that came again.</param>
/// <param name="SnapshotRows">Rows of snapshots that have come.</param>
/// <param name="Missing">Commits that others overtook in their own partition.</param>
/// <param name="Faults">Events with other values than were committed.</param>
/// <param name="WaitingSeconds">How long the oldest commit has waited for its event; null where none waits.</param>
/// <param name="LongestSeconds">The longest time from a commit to its event, since it was last asked to begin anew.</param>
public sealed record ChangeFigures(long Matched, long Duplicates, long SnapshotRows, long Missing, long OutOfOrder, long Faults, double? WaitingSeconds, double LongestSeconds);

/// <summary>Opens a run: numbered messages go to a topic of their own until it is closed.</summary>
/// <param name="Drill">The drill's name; it becomes part of the topic's.</param>
/// <param name="Partitions">Partitions of the topic; null for as many as a topic has by default.</param>
/// <param name="MessagesPerSecond">Of both producers together.</param>
/// <param name="LeaderAlone">Whether the leader alone acknowledges (acks=1), to a topic of which any replica may become the leader: what it is for is to lose messages, and so
/// to prove that a loss is seen. Then there is no idempotent producer, which needs acks=all.</param>
/// <param name="Bootstrap">Where the producers find the cluster; null for the brokers themselves.</param>
/// <param name="Topic">A topic that is there already, where the verifier cannot make one (legacy Kafka); null for one that it makes and deletes.</param>
public sealed record DrillRequest(string Drill, int? Partitions = null, int MessagesPerSecond = 200, bool LeaderAlone = false, string? Bootstrap = null, string? Topic = null);

/// <summary>The settings on which it depends how long a fault lasts.</summary>
public sealed record DrillSettings(TimeSpan SessionTimeout, TimeSpan TickTime, TimeSpan ReplicaLagTime);

/// <summary>What is known of an open run.</summary>
/// <param name="Leaders">The leader of each partition, by its number; null where none leads.</param>
/// <param name="Lacking">What the cluster lacks: a replica of any partition in its in-sync set, a registered broker, a controller; null where it is whole.</param>
/// <param name="IsPreferred">Whether every partition is led by its preferred leader.</param>
/// <param name="Settings">With what the brokers run; null where they cannot be asked (legacy Kafka).</param>
public sealed record DrillState(
    string Drill, string Topic, double Seconds, long Sent, long Acknowledged, IReadOnlyList<int?> Leaders, IReadOnlyList<IReadOnlyList<int>> Replicas, int? Controller, string? Lacking, bool IsPreferred,
    DrillSettings? Settings)
{
    /// <summary>Whether every replica of every partition is in sync, and all brokers are registered.</summary>
    public bool IsWhole => Lacking is null;

    /// <summary>Messages that wait for an answer now.</summary>
    public long Pending { get; init; }
}

/// <summary>A moment of a run, in seconds since its beginning, on the verifier's monotonic clock.</summary>
public sealed record DrillMoment(string What, double Seconds)
{
    /// <summary>What was done, e.g. <c>kill kafka-2</c>; null for what only happened.</summary>
    public string? Detail { get; init; }

    /// <summary>When the servers' own logs say so; null where they do not, or were not asked.</summary>
    public double? LoggedSeconds { get; init; }

    public const string Fault = "fault";
    public const string Healed = "healed";
    public const string Started = "answers again";
    public const string FirstMissed = "first acknowledgement missed";
    public const string OutOfIsr = "out of the in-sync set";
    public const string LeaderElected = "leader elected";
    public const string ControllerElected = "controller elected";
    public const string FirstAfter = "first acknowledgement after it";
    public const string ChangesFlow = "no change waits any more";
    public const string IsrWhole = "in-sync sets whole";
    public const string LeadersBack = "preferred leaders back";
}

/// <summary>A drill that has ended, to be shown beside the latencies of its time.</summary>
/// <param name="Started">From when the moments count.</param>
public sealed record DrillTrace(string Drill, DateTimeOffset Started, double Seconds, string Headline, bool Passed, IReadOnlyList<DrillMoment> Moments);

/// <summary>What became of one producer's messages.</summary>
/// <param name="IsIdempotent">Whether Kafka takes each of its messages once; else a message that is sent again may be there twice.</param>
/// <param name="Acknowledged">All replicas in sync have it.</param>
/// <param name="Refused">It was certainly not written.</param>
/// <param name="Unknown">No answer came that says whether it was written.</param>
/// <param name="RefusedArrived">Of those refused, how many were there nevertheless.</param>
/// <param name="Duplicates">Copies beyond the first.</param>
/// <param name="OutOfOrder">Acknowledged messages whose first copy stands behind that of a later acknowledged message of their key.</param>
/// <param name="Lost">Acknowledged, and not there.</param>
public sealed record ProducerResult(
    string Name, bool IsIdempotent, long Sent, long Acknowledged, long Refused, long Unknown, long UnknownArrived, long RefusedArrived, long Duplicates, long OutOfOrder, long Lost)
{
    /// <summary>The numbers of those that were lost, the first ones.</summary>
    public IReadOnlyList<long> LostNumbers { get; init; } = [];

    /// <summary>The number of the last one that was lost; null where none was.</summary>
    public long? LastLost { get; init; }

    /// <summary>The numbers of those that are there more than once, the first ones.</summary>
    public IReadOnlyList<long> DuplicateNumbers { get; init; } = [];

    /// <summary>The numbers of those that are out of order, the first ones.</summary>
    public IReadOnlyList<long> OutOfOrderNumbers { get; init; } = [];

    /// <summary>Whether it sends again what was refused: then all must go on when the cluster is whole.</summary>
    public bool Retries { get; init; } = true;

    /// <summary>Partitions in which nothing was acknowledged of what was due after the last heal; what is sent again must arrive in all.</summary>
    public IReadOnlyList<int> Silent { get; init; } = [];

    /// <summary>What its messages were refused or not answered with, and how often.</summary>
    public IReadOnlyDictionary<string, long> Errors { get; init; } = new Dictionary<string, long>();

    /// <summary>What must not be; none where all is well.</summary>
    public IReadOnlyList<string> Faults() =>
    [
        .. Lost > 0 ? [$"{Lost} of {Acknowledged} acknowledged messages of {Name} are lost: {Numbers(Lost, LostNumbers)}"] : Array.Empty<string>(),
        .. OutOfOrder > 0 ? [$"{Messages(OutOfOrder)} of {Name} out of order within their key: {Numbers(OutOfOrder, OutOfOrderNumbers)}"] : Array.Empty<string>(),
        .. RefusedArrived > 0 ? [$"{Messages(RefusedArrived)} of {Name} there although refused"] : Array.Empty<string>(),
        .. IsIdempotent && Duplicates > 0 ? [$"{Messages(Duplicates)} of {Name}, which is idempotent, twice there: {Numbers(Duplicates, DuplicateNumbers)}"] : Array.Empty<string>(),
        .. Retries && Silent.Count > 0
            ? [$"nothing of {Name} was acknowledged in partition {string.Join(", ", Silent)} after the last heal: writing did not go on"]
            : Array.Empty<string>(),
        .. Acknowledged == 0 ? [$"nothing of {Name} was acknowledged: nothing is proven"] : Array.Empty<string>(),
    ];

    private static string Numbers(long count, IReadOnlyList<long> first) => $"{string.Join(", ", first)}{(count > first.Count ? ", ..." : "")}";

    private static string Messages(long count) => count == 1 ? "1 message" : $"{count} messages";
}

/// <summary>The result of a run.</summary>
public sealed record DrillResult
{
    /// <summary>Grows with each change that a reader of the JSON notices.</summary>
    public int Version { get; init; } = 1;

    public required string Drill { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required double Seconds { get; init; }

    public required string Topic { get; init; }

    public required int Partitions { get; init; }

    public required int ReplicationFactor { get; init; }

    public required int MessagesPerSecond { get; init; }

    /// <summary>Whether a loss would be seen and counts: not on a legacy Kafka, whose clients may lose what an ordinary one keeps.</summary>
    public bool IsJudged { get; init; } = true;

    public required IReadOnlyList<ProducerResult> Producers { get; init; }

    public required IReadOnlyList<DrillMoment> Moments { get; init; }

    /// <summary>The longest time that a message waited for its acknowledgement, from when it was due, or from the fault where it was waiting then, in seconds; null where there was none.</summary>
    public required double? LongestStallSeconds { get; init; }

    /// <summary>From when on it waited, in seconds since the beginning.</summary>
    public required double? LongestStallFrom { get; init; }

    /// <summary>By how much the sender itself was late at most, in seconds: what it adds to the latencies.</summary>
    public required double SenderDelaySeconds { get; init; }

    /// <summary>The latencies from when a message was due to its acknowledgement, second by second.</summary>
    public IReadOnlyList<DrillLatency> Latencies { get; init; } = [];

    /// <summary>What ZooKeeper's nodes said, wherever it changed.</summary>
    public IReadOnlyList<DrillCluster> Cluster { get; init; } = [];

    /// <summary>Records of the topic that are none of this run's: somebody else wrote into it.</summary>
    public long Foreign { get; init; }

    /// <summary>Whether the beginning of a partition had expired before it was read: then what is missing may have been there.</summary>
    public bool HasExpired { get; init; }

    /// <summary>What kept the run from sending or looking as it should; null where nothing did.</summary>
    public string? Trouble { get; init; }

    public IReadOnlyList<string> Faults =>
    [
        .. IsJudged ? Producers.SelectMany(p => p.Faults()) : [],
        .. Foreign > 0 ? [$"{Foreign} records of the topic are not of this run: somebody else writes into it"] : Array.Empty<string>(),
        .. HasExpired ? ["the topic's first records expired before they were read: nothing is proven; see Lab:Kafka:RetentionBytes"] : Array.Empty<string>(),
        .. Trouble is { } trouble ? [trouble] : Array.Empty<string>(),
    ];
}

/// <param name="Second">Since the beginning: that in which the messages were due.</param>
public sealed record DrillLatency(int Second, int Count, double P50Milliseconds, double MaxMilliseconds);

/// <param name="InSync">The size of each partition's in-sync set.</param>
public sealed record DrillCluster(double Seconds, int? Controller, IReadOnlyList<int?> Leaders, IReadOnlyList<int> InSync);
