using System.Text.RegularExpressions;

namespace CdcLab.Model.Servers;

/// <summary>A topic that the lab makes for itself.</summary>
public sealed record KafkaTopic(string Name, int Partitions, int ReplicationFactor, IReadOnlyDictionary<string, string> Settings)
{
    public const string ProbeName = "cdclab.probe";

    // An hour is far longer than a message is followed. Retention deletes closed segments only, so they are closed every hour, or at a mebibyte.
    private static readonly Dictionary<string, string> ProbeSettings = new(StringComparer.Ordinal)
    {
        ["cleanup.policy"] = "delete",
        ["retention.ms"] = "3600000",
        ["retention.bytes"] = "4194304",
        ["segment.ms"] = "3600000",
        ["segment.bytes"] = "1048576",
    };

    /// <summary>The latency probe's own topic: nobody else's data is touched, and it never grows.</summary>
    /// <param name="partitions">As many as brokers at least: then every broker leads one, and no broker's latency stays unseen.</param>
    public static KafkaTopic Probe(int partitions, int replicationFactor) => new(ProbeName, partitions, replicationFactor, ProbeSettings);
}

/// <summary>What a topic is for, by its name, and what it must be for that; what a kind does not name is as the brokers have it.</summary>
/// <param name="For">The words of a verdict.</param>
/// <param name="Policy">Its cleanup.policy; null where any will do.</param>
/// <param name="Partitions">How many it must have; null where any number will do.</param>
/// <param name="Forever">Whether nothing of it may ever expire.</param>
/// <param name="Lost">What is lost where it has to be made anew.</param>
public sealed record TopicKind(string For, string Names, string? Policy, int? Partitions = null, bool Forever = false, string Lost = "")
{
    /// <summary>The checks of topics' settings, beside that of their replicas.</summary>
    public static IReadOnlyList<string> Checks { get; } =
    [
        "kafka.min_insync_replicas", "kafka.topics.unclean_election", "kafka.topics.retention", "kafka.topics.cleanup_policy", "kafka.topics.max_message_bytes",
        "kafka.topics.partitions", "kafka.topics.probe",
    ];

    // The first that fits. Kafka places groups and transactions by a hash over the partitions of its own topics: 50, which the lab leaves.
    private static readonly TopicKind[] All =
    [
        new("the topic of consumers' offsets", "^__consumer_offsets$", "compact", 50, Lost: "the offsets that consumers have committed"),
        new("the topic of transactions' states", "^__transaction_state$", "compact", 50, Lost: "the states of the transactions under way"),
        new(
            "a schema history",
            "schema[-.]?(history|changes)|db[-.]?history",
            "delete",
            1,
            Forever: true,
            "the history of the tables' structure (start its connector again with snapshot.mode=recovery)"),
        new("the topic of Connect's configurations", "connect.*[-_.]configs?$", "compact", 1, Lost: "the configurations of the connectors (register them again)"),
        new("the topic of Connect's offsets", "connect.*[-_.]offsets?$", "compact"),
        new("the topic of Connect's states", "connect.*[-_.]status(es)?$", "compact"),
        // Their makers' names; to compact loses changes that a reader has not yet seen, so whoever means it says so in the name.
        new("a compacted topic", @"[-_.](compacted|changelog|internal)$|^_schemas$", Policy: null),
        new("an ordinary topic", "", "delete"),
    ];

    public static TopicKind Of(string topic) => All.First(k => Regex.IsMatch(topic, k.Names, RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1)));
}
