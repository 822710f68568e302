namespace CdcLab.AppHost.Programs;

/// <summary>How brokers of the legacy Kafka (0.9.0.1) differ from the specification's.</summary>
internal static class LegacyBrokers
{
    // A 0.9 ignores what it does not know with a warning; it would look as if it were set.
    private static readonly HashSet<string> Unknown =
    [
        "listener.security.protocol.map", "inter.broker.listener.name", "transaction.state.log.replication.factor", "transaction.state.log.min.isr",
        "group.initial.rebalance.delay.ms",
    ];

    private const string UncleanElection = "unclean.leader.election.enable";

    /// <summary>What it cannot show; <paramref name="settings"/> are those that are checked one by one on a current Kafka.</summary>
    public static IReadOnlyList<NotPossible> NotPossibleHere(IEnumerable<ServerSetting> settings) =>
    [
        Cannot("kafka.admin_api", "has no admin API: topics are made by its own TopicCommand and read from ZooKeeper's nodes"),
        .. settings.Select(s => Cannot(
            $"kafka.setting.{s.Name}",
            s.Name == UncleanElection ? "runs with true: with false, a broker that finds its leader behind it (KIP-101) ends by itself, at each start" : "cannot be asked with which settings it runs")),
        .. TopicKind.Checks.Append("kafka.dynamic_settings").Select(id => Cannot(id, "cannot be asked for the settings of its topics, and has no dynamic ones of its brokers")),
        Cannot(
            "kafka.probe.lost",
            "can lose acknowledged records when leaders change twice in quick succession (KIP-101, fixed in 0.11): loss is judged on 3.5"),
        Cannot("kafka.named_listeners", "has no named listeners: INTERNAL is its PLAINTEXT and EXTERNAL its TRACE, which is the same protocol"),
        Cannot("kafka.idempotence", "has no idempotent and no transactional producers"),
        Cannot("kafka.record_headers", "has neither time stamps nor headers in its records"),
        Cannot("kafka.long_sessions", "takes consumer sessions of 6 to 30 s only: set librdkafka's session.timeout.ms to 10000"),
        Cannot("debezium", "does not serve Debezium, whose clients need Kafka 2.1 or newer"),
    ];

    /// <summary>
    /// The settings that it knows. It has two listeners only as two security protocols that are both plain text. After a kill of all brokers, a leader may be behind what a follower has:
    /// where no unclean election is allowed, a 0.9 then halts the follower ("log truncation is not allowed"), and the lab would not come up again.
    /// </summary>
    public static IEnumerable<ServerSetting> Settings(IEnumerable<ServerSetting> settings) => settings
        .Where(s => !Unknown.Contains(s.Name))
        .Select(s => s.Name switch
        {
            "listeners" or "advertised.listeners" => s with { Value = ByProtocol(s.Value) },
            UncleanElection => s with { Value = "true" },
            _ => s,
        });

    /// <summary>The class and arguments that make a topic. With the replicas of each partition given, no broker need be there yet.</summary>
    public static IReadOnlyList<string> CreateTopic(KafkaTopic topic, IReadOnlyList<BrokerAddresses> brokers, string zooKeeper) =>
    [
        "kafka.admin.TopicCommand", "--zookeeper", zooKeeper, "--create", "--topic", topic.Name, "--replica-assignment", Assignment(topic, brokers),
        .. topic.Settings.SelectMany(s => new[] { "--config", $"{s.Key}={s.Value}" }),
    ];

    /// <summary>Each partition's brokers, each broker first in turn: <c>1:2:3,2:3:1,3:1:2</c>.</summary>
    internal static string Assignment(KafkaTopic topic, IReadOnlyList<BrokerAddresses> brokers)
        => string.Join(',', Enumerable.Range(0, topic.Partitions).Select(partition =>
            string.Join(':', Enumerable.Range(0, topic.ReplicationFactor).Select(copy => brokers[(partition + copy) % brokers.Count].Id))));

    private static string ByProtocol(string listeners) => listeners
        .Replace($"{KafkaSettings.InternalListener}://", "PLAINTEXT://", StringComparison.Ordinal)
        .Replace($"{KafkaSettings.ExternalListener}://", "TRACE://", StringComparison.Ordinal);

    private static NotPossible Cannot(string id, string what) => new(id, $"Kafka 0.9.0.1 (legacy) {what}.");
}
