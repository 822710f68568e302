namespace CdcLab.Model.Reports;

/// <summary>One snapshot of a lab and the verdicts on it: <c>GET /v1/report</c> of the verifier, <c>verify --json</c>. All tables of one report are made from one of these.</summary>
public sealed record LabReport
{
    /// <summary>The version of this shape; it changes when a field is renamed, removed or changes its meaning.</summary>
    public int Version { get; init; } = 2;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The lab's name.</summary>
    public required string Lab { get; init; }

    /// <summary>When the verifier started: counts and latencies are since then.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The machine: cores and memory as measured, kernel, e.g. <c>2 cores, 23.4 GiB, Linux 6.1.0</c>.</summary>
    public required string Machine { get; init; }

    /// <summary>The machine's memory in bytes as measured; null where it could not be read.</summary>
    public long? MachineBytes { get; init; }

    /// <summary>The market's rate as it is set, e.g. <c>20</c> or <c>max</c>; null where the simulator does not answer.</summary>
    public string? OrdersPerSecond { get; init; }

    /// <summary>Orders that the market committed since its start; null where it does not answer.</summary>
    public long? Orders { get; init; }

    /// <summary>Executions that the market committed since its start; null where it does not answer.</summary>
    public long? Executions { get; init; }

    /// <summary>What the AppHost sent last; null where it has sent nothing for some time.</summary>
    public LabFigures? Figures { get; init; }

    /// <summary>The verdicts.</summary>
    public IReadOnlyList<Verdict> Checks { get; init; } = [];

    /// <summary>What cannot be shown here.</summary>
    public IReadOnlyList<NotPossible> NotPossibleHere { get; init; } = [];

    /// <summary>The cluster as ZooKeeper tells it; null where it could not be asked.</summary>
    public ClusterFigures? Cluster { get; init; }

    /// <summary>Latencies; longer windows are figures, never verdicts.</summary>
    public IReadOnlyList<LatencyFigures> Latencies { get; init; } = [];

    /// <summary>What became of the probe's messages; null while there is no probe.</summary>
    public ProbeCounts? Probes { get; init; }

    /// <summary>Whether every check has looked and is ok.</summary>
    public bool IsAllOk => Checks.Count > 0 && Checks.All(c => c.Outcome == Outcome.Ok);
}

/// <summary>What became of the messages of the latency probe since its start.</summary>
/// <param name="Seen">Consumed in time.</param>
/// <param name="Late">Consumed late.</param>
/// <param name="Duplicates">Consumed again.</param>
/// <param name="Unknown">Neither acknowledged nor consumed: nobody promised anything.</param>
/// <param name="Lost">Acknowledged and never consumed; null where loss cannot be judged (legacy Kafka).</param>
public sealed record ProbeCounts(long Seen, long Late, long Duplicates, long Unknown, long? Lost);

/// <summary>The cluster as ZooKeeper tells it.</summary>
/// <param name="Brokers">The registered brokers.</param>
/// <param name="Topics">The topics.</param>
public sealed record ClusterFigures(IReadOnlyList<BrokerFigures> Brokers, IReadOnlyList<TopicFigures> Topics);

/// <summary>One registered broker.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Endpoints">The addresses that it has registered.</param>
/// <param name="Leads">Partitions that it leads.</param>
/// <param name="IsController">Whether it is the controller.</param>
public sealed record BrokerFigures(int Id, IReadOnlyList<string> Endpoints, int Leads, bool IsController);

/// <summary>One topic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Its partitions.</param>
/// <param name="Replicas">Copies of each, e.g. <c>3</c> or <c>2 and 3</c>.</param>
/// <param name="LeastInSync">The fewest copies in sync of any partition.</param>
/// <param name="UnderReplicated">Partitions that lack a copy in sync.</param>
public sealed record TopicFigures(string Name, int Partitions, string Replicas, int LeastInSync, int UnderReplicated);
