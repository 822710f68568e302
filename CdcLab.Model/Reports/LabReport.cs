using System.Text.Json;
using System.Text.Json.Serialization;

namespace CdcLab.Model.Reports;

/// <summary>One snapshot of a lab and the verdicts on it: <c>GET /v1/report</c> of the verifier, <c>verify --json</c>. All tables of one report are made from one of these.</summary>
public sealed record LabReport
{
    /// <summary>The version of this shape; it changes when a field is renamed, removed or changes its meaning.</summary>
    public int Version { get; init; } = 2;
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
    public IReadOnlyList<Verdict> Checks { get; init; } = [];
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

/// <summary>What a check says of one promise.</summary>
public sealed record Verdict
{
    /// <summary>The check's id, e.g. <c>mysql.binlog_format</c>.</summary>
    public required string Id { get; init; }
    /// <summary>The resource it is about, e.g. <c>mysql</c>.</summary>
    public required string Resource { get; init; }
    [JsonPropertyName("verdict")]
    public required Outcome Outcome { get; init; }
    public required string Expected { get; init; }
    /// <summary>What was found; null when the check could not look.</summary>
    public string? Actual { get; init; }
    /// <summary>What to do about it, unless it is ok. What stands in backticks can be pasted: a command for a shell, or a statement for MySQL as root, in this order.</summary>
    public string? Fix { get; init; }
    /// <summary>What has to be typed besides, when its cause is healed; null for nothing. It becomes a part of the cause's fix.</summary>
    [JsonIgnore]
    public string? Afterwards { get; init; }
    /// <summary>Why it matters, or why the check could not look.</summary>
    public string? Because { get; init; }
    /// <summary>The resources whose silence would explain all of it: empty for none, null for the resource itself. Not part of a report.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Needs { get; init; }
    /// <summary>The ids of checks that explain this one where they failed, the likeliest first. Not part of a report.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Follows { get; init; } = [];
    /// <summary>The id of the failed check from which this one follows; null for one that stands by itself.</summary>
    public string? CausedBy { get; init; }
    /// <summary>When it was looked at; null where it was not looked at yet.</summary>
    public DateTimeOffset? LookedAt { get; init; }
    /// <summary>Seconds from the look to this report; null where it was not looked at yet.</summary>
    public double? AgeSeconds { get; init; }
}

/// <summary>What a check found: the promise holds, it does not hold, or the check could not look.</summary>
public enum Outcome
{
    Ok,
    Failed,
    Unknown,
}

/// <summary>Something that this lab cannot show at all, e.g. <c>memory.caps</c>. It is decided once, at start, and is not a failure.</summary>
public sealed record NotPossible(string Id, string Reason);

/// <summary>The distribution of one latency over one window; the figures are null without samples.</summary>
/// <param name="Name">What was measured: <c>produce-to-ack</c>, <c>produce-to-consume</c>, <c>mysql-commit</c>.</param>
/// <param name="Count">Number of samples, N.</param>
public sealed record LatencyFigures(string Name, TimeSpan Window, long Count, double? P50Milliseconds, double? P95Milliseconds, double? P99Milliseconds, double? MaxMilliseconds);

/// <summary>What became of the messages of the latency probe since its start.</summary>
/// <param name="Seen">Consumed in time.</param>
/// <param name="Late">Consumed late.</param>
/// <param name="Duplicates">Consumed again.</param>
/// <param name="Unknown">Neither acknowledged nor consumed: nobody promised anything.</param>
/// <param name="Lost">Acknowledged and never consumed; null where loss cannot be judged (legacy Kafka).</param>
public sealed record ProbeCounts(long Seen, long Late, long Duplicates, long Unknown, long? Lost);

/// <summary>The cluster as ZooKeeper tells it.</summary>
public sealed record ClusterFigures(IReadOnlyList<BrokerFigures> Brokers, IReadOnlyList<TopicFigures> Topics);

/// <summary>One registered broker.</summary>
/// <param name="Endpoints">The addresses that it has registered.</param>
/// <param name="Leads">Partitions that it leads.</param>
public sealed record BrokerFigures(int Id, IReadOnlyList<string> Endpoints, int Leads, bool IsController);

/// <summary>One topic.</summary>
/// <param name="Replicas">Copies of each partition, e.g. <c>3</c> or <c>2 and 3</c>.</param>
/// <param name="LeastInSync">The fewest copies in sync of any partition.</param>
/// <param name="UnderReplicated">Partitions that lack a copy in sync.</param>
public sealed record TopicFigures(string Name, int Partitions, string Replicas, int LeastInSync, int UnderReplicated);

/// <summary>How these records are written as JSON, everywhere: camelCase names, camelCase enum values.</summary>
public static class LabJson
{
    public static JsonSerializerOptions Options { get; } = Make(indented: false);

    /// <summary>The same, for people to read.</summary>
    public static JsonSerializerOptions Indented { get; } = Make(indented: true);

    private static JsonSerializerOptions Make(bool indented) => new(JsonSerializerDefaults.Web)
    {
        WriteIndented = indented,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
