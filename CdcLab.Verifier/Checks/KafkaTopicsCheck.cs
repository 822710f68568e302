using Confluent.Kafka.Admin;
using Settings = System.Collections.Generic.IReadOnlyDictionary<string, Confluent.Kafka.Admin.ConfigEntryResult>;

namespace CdcLab.Verifier.Checks;

/// <summary>Every topic has the replicas, the partitions and the settings that it needs for what it is for (<see cref="TopicKind"/>).</summary>
/// <remarks>What a topic has from the brokers is judged there. A setting of its own that breaks no promise is its owner's matter, and counted.</remarks>
internal sealed class KafkaTopicsCheck(VerifiedLab lab, ClusterSource cluster, KafkaAccess kafka, KafkaFix fix) : ICheck
{
    private const string Minimum = "min.insync.replicas";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Century = TimeSpan.FromDays(36_500);

    private static readonly Promise Unclean = Of(
        "unclean_election",
        "no topic allows an unclean leader election",
        "A replica that lacks acknowledged records would become the leader, and they would be lost.",
        "unclean.leader.election.enable");

    private static readonly Promise Expiry = Of(
        "retention",
        "no topic expires sooner than the brokers promise, and a schema history never",
        "What expires before its reader has seen it is lost; without a whole schema history a connector cannot start.",
        "retention.ms, retention.bytes; Debezium, schema.history.internal.kafka.topic");

    private static readonly Promise Policy = Of(
        "cleanup_policy",
        "compact for the topics of Kafka itself and of Connect; delete for all others, unless a name ends in compacted or changelog",
        "Compaction drops changes that a reader has not yet seen, expiry drops the only record of an offset: each is wrong for what the other is for.",
        "cleanup.policy; Kafka Connect, config.storage.topic, offset.storage.topic, status.storage.topic");

    private static readonly Promise Size = Of(
        "max_message_bytes",
        "no topic refuses a record that the brokers take",
        "A connector whose record is refused stops.",
        "max.message.bytes, message.timestamp.difference.max.ms");

    private static readonly Promise Count = Of(
        "partitions",
        "one partition in a schema history and in the configurations of Connect, 50 in Kafka's own topics",
        "Order holds within one partition only; Kafka finds groups and transactions by the number of partitions.",
        "offsets.topic.num.partitions; Debezium, schema.history.internal.kafka.topic; Kafka Connect, config.storage.topic") with
    {
        How = "the partitions of every topic in ZooKeeper's nodes, against what its name says that it is for",
        Remedy = "the topic is deleted and made anew, since partitions can only be added",
    };

    private readonly Promise _factor = new(
        "kafka.replication_factor",
        ResourceNames.Kafka,
        $"every partition has {lab.Options.Kafka.ReplicationFactor} replicas",
        "A topic with fewer copies loses data with the brokers that hold them, whatever the brokers' default is.")
    {
        How = "the replicas of every partition in ZooKeeper's nodes, against the topic's min.insync.replicas",
        Remedy = "kafka-reassign-partitions gives the topic as many as it lacks",
        Source = "Apache Kafka, Operations, Increasing replication factor",
    };

    private readonly Promise _minimum = Of(
        "min_insync_replicas",
        $"{Minimum} is {lab.Options.Kafka.MinInSyncReplicas} for every topic",
        "Below it acks=all is acknowledged by too few brokers, and one lost broker can lose the record; as high as the replicas, writing stops with the first.",
        Minimum) with
    { Id = "kafka.min_insync_replicas" };

    private readonly Promise _probe = Of(
        "probe",
        $"{KafkaTopic.ProbeName} has {lab.ProbeTopic.Partitions} partitions, each with another preferred leader, and no settings of its own but those that the lab gave it",
        "What the probe says of the cluster holds only while every broker leads a partition of its topic, and nothing is dropped from it.",
        "CdcLab's own topic");

    private readonly Rule[] _rules =
    [
        new(Unclean, "unclean.leader.election.enable", (own, _) => IsOwn(own) && own.Value == "true" ? new("a leader that lacks records may be elected") : null),
        new(Expiry, "retention.ms", (own, kind) => Expires(own, kind, lab.Options.Kafka.RetentionHours * 3_600_000L, (long)Century.TotalMilliseconds)),
        new(Expiry, "retention.bytes", (own, kind) => Expires(own, kind, lab.Options.Kafka.RetentionBytes, long.MaxValue)),
        new(Policy, "cleanup.policy", NotFor),
        new(Size, "max.message.bytes", Refuses),
        new(Size, "message.timestamp.difference.max.ms", Refuses),
    ];

    public IReadOnlyList<Promise> Promises => [_factor, _minimum, Unclean, Expiry, Policy, Size, Count, _probe];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        ClusterState state = await cluster.SeeAsync(cancellationToken);
        if (state.Partitions.Count == 0)
            throw new CannotLookException("There is no topic yet.", "Wait: the verifier makes its own topic when the brokers answer.");
        // Without an admin API (the legacy Kafka) all but the replicas is not possible.
        if (kafka.Topics is not KafkaAdmin admin)
            return [Factor(state, topics: null)];
        try
        {
            return Judge(state, await admin.TopicSettingsAsync([.. state.Topics.Select(t => t.Key)], Limit, cancellationToken));
        }
        catch (Exception e) when (Unreachable.Is(e))
        {
            string because = $"The topics' settings could not be read: the cluster {Unreachable.Words(e)}.";
            string restart = Unreachable.Restart([.. lab.Brokers.Select(b => b.Name)]);
            return [Factor(state, topics: null), .. Promises.Skip(1).Select(p => p.Unknown(because, restart) with { Follows = ["kafka.listeners.external", "kafka.brokers", "kafka.dynamic_settings", "kafka.quotas"] })];
        }
    }

    internal IReadOnlyList<Verdict> Judge(ClusterState state, IReadOnlyDictionary<string, Settings> topics)
    {
        Topic[] all = [.. from topic in state.Topics where topics.ContainsKey(topic.Key) select new Topic(topic.Key, TopicKind.Of(topic.Key), [.. topic], topics[topic.Key])];
        Topic[] others = [.. all.Where(t => t.Name != KafkaTopic.ProbeName)];
        string ok = $"{all.Length} topics with {all.Sum(t => t.Settings.Values.Count(IsOwn))} settings of their own, none against it";
        return
        [
            Factor(state, topics),
            LeastInSync(all),
            .. _rules.GroupBy(r => r.Promise).Select(rules => Judge(rules.Key, [.. rules.SelectMany(rule => others.Select(topic => Broken(rule, topic)).OfType<Fault>())], ok)),
            Partitions(others, ok),
            all.FirstOrDefault(t => t.Name == KafkaTopic.ProbeName) is { } probe ? Probe(probe, ok)
                : _probe.Unknown("The probe's topic is not there.", "Wait some seconds: the verifier makes it again."),
        ];
    }

    private static Promise Of(string what, string expected, string because, string settings) => new($"kafka.topics.{what}", ResourceNames.Kafka, expected, because)
    {
        How = "the settings of every topic with their sources (DescribeConfigs), against what its name says that it is for",
        Remedy = "the topic's own setting is deleted, or set to what the topic needs",
        Source = $"Apache Kafka, Configuration, {settings}",
    };

    private static bool IsOwn(ConfigEntryResult setting) => setting.Source == ConfigSource.DynamicTopicConfig;

    private static Wrong? Expires(ConfigEntryResult setting, TopicKind kind, long promised, long never) =>
        !long.TryParse(setting.Value, out long value) || value < 0 || (kind.Forever && value >= never) ? null
            : kind.Forever ? new($"{kind.For} must never expire", "-1")
            : !IsOwn(setting) ? null
            : kind.Policy == "compact" ? new($"{kind.For} must not expire")
            : value < promised ? new($"the brokers promise {promised}") : null;

    // A topic that nobody has said it of is as the brokers have it, which is judged there; but who needs compaction cannot leave it to them.
    private static Wrong? NotFor(ConfigEntryResult setting, TopicKind kind) =>
        kind.Policy is not { } right || setting.Value == right || (right == "delete" && !IsOwn(setting)) ? null
            : new($"{kind.For} needs {right}", right == "compact" || kind.Forever ? right : null);

    private static Wrong? Refuses(ConfigEntryResult setting, TopicKind kind)
    {
        string? brokers = setting.Synonyms.Find(s => s.Source != ConfigSource.DynamicTopicConfig)?.Value;
        return IsOwn(setting) && long.TryParse(setting.Value, out long own) && long.TryParse(brokers, out long taken) && own < taken ? new($"the brokers take {taken}") : null;
    }

    private static Fault? Broken(Rule rule, Topic topic) =>
        topic.Settings.GetValueOrDefault(rule.Setting) is { } setting && rule.Judge(setting, topic.Kind) is { } wrong
            ? new(topic.Name, setting, wrong.Why, wrong.Right)
            : null;

    private static string Found(IEnumerable<Fault> faults) => KafkaFix.Named(faults.Select(f => $"{f.Topic} has {f.Setting.Name}={f.Setting.Value}: {f.Why}"));

    private static string Stops(int replicas, int minimum) => minimum > replicas ? "nothing can be written to it with acks=all" : "it stops with the first broker";

    private Verdict Judge(Promise promise, IReadOnlyList<Fault> faults, string ok)
    {
        IEnumerable<string> commands = faults.GroupBy(f => f.Topic).Select(topic => fix.Topic(topic.Key, topic.Select(f => (f.Setting.Name, f.Right))));
        return faults.Count == 0 ? promise.Ok(ok) : promise.Failed(Found(faults), KafkaFix.Type(commands), needs: []);
    }

    private Verdict Factor(ClusterState state, IReadOnlyDictionary<string, Settings>? topics)
    {
        int right = lab.Options.Kafka.ReplicationFactor;
        List<IGrouping<string, PartitionState>> wrong = [.. state.Topics.Where(t => t.Any(p => p.Replicas.Count != right))];
        return wrong.Count == 0
            ? _factor.Ok($"{right} in all {state.Topics.Count()} topics")
            : _factor.Failed(
                KafkaFix.Named(wrong.Select(Describe)),
                $"{KafkaFix.Type([fix.Reassign(wrong.SelectMany(t => t).Where(p => p.Replicas.Count != right))])} It copies in the background."
                    + " A topic that nobody needs can be deleted instead.",
                needs: []);

        string Describe(IGrouping<string, PartitionState> topic)
        {
            int fewest = topic.Min(p => p.Replicas.Count);
            int minimum = int.Parse(topics?.GetValueOrDefault(topic.Key)?.GetValueOrDefault(Minimum)?.Value ?? $"{lab.Options.Kafka.MinInSyncReplicas}");
            string has = $"{topic.Key} has {string.Join(" and ", topic.Select(p => p.Replicas.Count).Distinct().Order())}";
            return minimum < fewest ? has : $"{has}, with {Minimum}={minimum}: {Stops(fewest, minimum)}";
        }
    }

    private Verdict LeastInSync(Topic[] topics)
    {
        int right = lab.Options.Kafka.MinInSyncReplicas;
        ILookup<bool, Fault> faults = (
            from topic in topics
            where topic.Settings.ContainsKey(Minimum)
            let setting = topic.Settings[Minimum]
            let minimum = int.Parse(setting.Value)
            where minimum != right
            let replicas = topic.Partitions.Min(p => p.Replicas.Count)
            select new Fault(topic.Name, setting, minimum < replicas ? $"the lab promises {right}" : Stops(replicas, minimum))).ToLookup(f => IsOwn(f.Setting));
        // What the topics have from the brokers is healed there.
        return faults[true].Any() || !faults[false].Any()
            ? Judge(_minimum, [.. faults[true]], $"{right} for all {topics.Length} topics")
            : _minimum.Failed(Found(faults[false]), "See the setting of the brokers: the topics have it from them.", needs: []) with { Follows = [$"kafka.setting.{Minimum}"] };
    }

    private Verdict Partitions(Topic[] topics, string ok)
    {
        Topic[] wrong = [.. topics.Where(t => t.Kind.Partitions is { } right && t.Partitions.Count != right)];
        return wrong.Length == 0
            ? Count.Ok(ok)
            : Count.Failed(
                KafkaFix.Named(wrong.Select(t => $"{t.Name} has {t.Partitions.Count} partitions: {t.Kind.For} needs {t.Kind.Partitions}")),
                "Partitions cannot be taken away: stop who uses the topic, make it anew, and start them again."
                    + $" {KafkaFix.Type(wrong.Select(t => fix.MakeAnew(t.Name, t.Kind)))}"
                    + $" Lost with it: {KafkaFix.Named(wrong.Select(t => t.Kind.Lost))}.",
                needs: []);
    }

    private Verdict Probe(Topic probe, string ok)
    {
        IReadOnlyDictionary<string, string> right = lab.ProbeTopic.Settings;
        Fault[] faults =
        [
            .. probe.Settings.Values
                .Where(s => right.TryGetValue(s.Name, out string? value) ? s.Value != value : IsOwn(s) && s.Name != Minimum)
                .Select(s => new Fault(probe.Name, s, right.TryGetValue(s.Name, out string? value) ? $"the lab made it with {value}" : "the lab did not set it", value)),
        ];
        if (probe.Partitions.Count != lab.ProbeTopic.Partitions)
        {
            return _probe.Failed(
                $"{probe.Name} has {probe.Partitions.Count} partitions",
                $"{KafkaFix.Type([fix.Delete(probe.Name)])} The verifier makes it again within some seconds.",
                needs: []);
        }

        int[] preferred = [.. probe.Partitions.Select(p => p.Replicas[0]).Distinct().Order()];
        return faults.Length == 0 && preferred.Length < Math.Min(lab.Brokers.Count, probe.Partitions.Count)
            ? _probe.Failed(
                $"all {probe.Partitions.Count} partitions of {probe.Name} are to be led by {string.Join(", ", preferred.Select(ResourceNames.Broker))}",
                $"{KafkaFix.Type([fix.Reassign(probe.Partitions)])} The brokers elect the preferred leaders by themselves.",
                needs: [])
            : Judge(_probe, faults, ok);
    }

    private sealed record Topic(string Name, TopicKind Kind, IReadOnlyList<PartitionState> Partitions, Settings Settings);

    /// <summary>A setting that a topic has; null for the right value where the topic should have none of its own.</summary>
    private sealed record Fault(string Topic, ConfigEntryResult Setting, string Why, string? Right = null);

    private sealed record Wrong(string Why, string? Right = null);

    private sealed record Rule(Promise Promise, string Setting, Func<ConfigEntryResult, TopicKind, Wrong?> Judge);
}
