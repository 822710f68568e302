using CdcLab.Clients.ZooKeeper;
using CdcLab.Verifier;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;
using Confluent.Kafka.Admin;
using Settings = System.Collections.Generic.IReadOnlyDictionary<string, Confluent.Kafka.Admin.ConfigEntryResult>;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class KafkaTopicsCheckTests : IDisposable
{
    private const string History = "cdclab.schema-history";
    private static readonly VerifiedLab Lab = new(new LabOptions(), Containers: false, "localhost:9092");

    private readonly KafkaAccess _kafka = new(Lab, new FiguresStore(TimeProvider.System));
    private readonly Dictionary<string, (int Partitions, int Replicas, Dictionary<string, string> Own)> _topics = new()
    {
        [KafkaTopic.ProbeName] = (3, 3, new(Lab.ProbeTopic.Settings)),
        ["__consumer_offsets"] = (50, 3, new() { ["cleanup.policy"] = "compact", ["compression.type"] = "producer", ["segment.bytes"] = "104857600" }),
        [History] = (1, 3, new() { ["cleanup.policy"] = "delete", ["retention.ms"] = $"{long.MaxValue}", ["retention.bytes"] = "-1" }),
        ["my_connect_configs"] = (1, 3, new() { ["cleanup.policy"] = "compact" }),
        ["connect-offsets"] = (25, 3, new() { ["cleanup.policy"] = "compact" }),
        ["connect-status"] = (5, 3, new() { ["cleanup.policy"] = "compact" }),
        ["positions-changelog"] = (3, 3, new() { ["cleanup.policy"] = "compact" }),
        ["cdclab.cdclab.orders"] = (3, 3, new() { ["compression.type"] = "zstd", ["retention.ms"] = "604800000", ["retention.bytes"] = "-1" }),
    };

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public void Topics_that_are_as_their_makers_make_them_are_ok_and_their_settings_are_counted() => Assert.All(Judge(), v =>
    {
        Assert.Equal(Outcome.Ok, v.Outcome);
        Assert.Contains("8", v.Actual, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("cdclab.cdclab.orders", "unclean.leader.election.enable", "true", "unclean_election", "--delete-config unclean.leader.election.enable")]
    [InlineData("__consumer_offsets", "unclean.leader.election.enable", "true", "unclean_election", "--delete-config unclean.leader.election.enable")]
    [InlineData("cdclab.cdclab.orders", "retention.ms", "1000", "retention", "--delete-config retention.ms")]
    [InlineData("cdclab.cdclab.orders", "retention.bytes", "1000", "retention", "--delete-config retention.bytes")]
    [InlineData("connect-status", "retention.ms", "259200000", "retention", "--delete-config retention.ms")]
    [InlineData(History, "retention.ms", "604800000", "retention", "--add-config retention.ms=-1")]
    [InlineData(History, "retention.bytes", "99999999999", "retention", "--add-config retention.bytes=-1")]
    [InlineData(History, "retention.ms", null, "retention", "--add-config retention.ms=-1")]
    [InlineData(History, "cleanup.policy", "compact", "cleanup_policy", "--add-config cleanup.policy=delete")]
    [InlineData("__consumer_offsets", "cleanup.policy", "delete", "cleanup_policy", "--add-config cleanup.policy=compact")]
    [InlineData("__consumer_offsets", "cleanup.policy", "compact,delete", "cleanup_policy", "--add-config cleanup.policy=compact")]
    [InlineData("my_connect_configs", "cleanup.policy", null, "cleanup_policy", "--add-config cleanup.policy=compact")]
    [InlineData("cdclab.cdclab.orders", "cleanup.policy", "compact", "cleanup_policy", "--delete-config cleanup.policy")]
    [InlineData("cdclab.cdclab.orders", "max.message.bytes", "1000", "max_message_bytes", "--delete-config max.message.bytes")]
    [InlineData("cdclab.cdclab.orders", "message.timestamp.difference.max.ms", "1000", "max_message_bytes", "--delete-config message.timestamp.difference.max.ms")]
    [InlineData(KafkaTopic.ProbeName, "retention.ms", "1000", "probe", "--add-config retention.ms=3600000")]
    [InlineData(KafkaTopic.ProbeName, "retention.ms", null, "probe", "--add-config retention.ms=3600000")]
    [InlineData(KafkaTopic.ProbeName, "max.message.bytes", "10", "probe", "--delete-config max.message.bytes")]
    public void Setting_that_breaks_what_its_topic_is_for_fails_one_verdict_and_is_deleted_or_set(string topic, string setting, string? value, string what, string heal)
    {
        if (value is null)
            _topics[topic].Own.Remove(setting);
        else
            _topics[topic].Own[setting] = value;

        Verdict failed = Failed();

        Assert.Equal($"kafka.topics.{what}", failed.Id);
        Assert.StartsWith($"{topic} has {setting}=", failed.Actual, StringComparison.Ordinal);
        Assert.EndsWith($"--alter --entity-type topics --entity-name {topic} {heal}`.", failed.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", "the lab promises 2")]
    [InlineData("3", "it stops with the first broker")]
    [InlineData("4", "nothing can be written to it with acks=all")]
    public void Least_in_sync_replicas_of_a_topic_are_told_with_what_they_lead_to(string value, string why)
    {
        _topics[KafkaTopic.ProbeName].Own["min.insync.replicas"] = value;

        Verdict failed = Failed();

        Assert.Equal(("kafka.min_insync_replicas", $"cdclab.probe has min.insync.replicas={value}: {why}"), (failed.Id, failed.Actual));
        Assert.EndsWith("--entity-name cdclab.probe --delete-config min.insync.replicas`.", failed.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Least_in_sync_replicas_that_topics_have_from_the_brokers_follow_from_their_setting()
    {
        Verdict failed = Judge(minimum: "1").Single(v => v.Outcome == Outcome.Failed);

        Assert.Equal("kafka.min_insync_replicas", failed.Id);
        Assert.Equal(["kafka.setting.min.insync.replicas"], failed.Follows);
    }

    [Theory]
    [InlineData(1, "orders has 1, with min.insync.replicas=2: nothing can be written to it with acks=all")]
    [InlineData(2, "orders has 2, with min.insync.replicas=2: it stops with the first broker")]
    public void Topic_with_too_few_replicas_is_told_with_what_they_lead_to_and_gets_those_that_it_lacks(int replicas, string found)
    {
        _topics["orders"] = (4, replicas, []);

        Verdict failed = Failed();

        Assert.Equal(("kafka.replication_factor", found), (failed.Id, failed.Actual));
        string json = Shell(failed.Fix!.Split('`')[1].Split(" | kafka-reassign-partitions.sh --bootstrap-server localhost:9092 --reassignment-json-file /dev/stdin --execute")[0]);
        Assert.Equal("""{"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,2,3]},{"topic":"orders","partition":1,"replicas":[2,3,1]},{"topic":"orders","partition":2,"replicas":[3,1,2]},{"topic":"orders","partition":3,"replicas":[1,2,3]}]}""", json);
    }

    [Theory]
    [InlineData(History, 3, "--delete --topic cdclab.schema-history && sleep 3 && kafka-topics.sh --bootstrap-server localhost:9092 --create --topic cdclab.schema-history --partitions 1 --replication-factor 3 --config cleanup.policy=delete --config retention.ms=-1 --config retention.bytes=-1`")]
    [InlineData("my_connect_configs", 2, "--delete --topic my_connect_configs && sleep 3 && kafka-topics.sh --bootstrap-server localhost:9092 --create --topic my_connect_configs --partitions 1 --replication-factor 3 --config cleanup.policy=compact`")]
    [InlineData("__consumer_offsets", 51, "--delete --topic __consumer_offsets`")]
    public void Topic_with_too_many_partitions_is_made_anew_and_what_is_lost_is_told(string topic, int partitions, string heal)
    {
        _topics[topic] = _topics[topic] with { Partitions = partitions };

        Verdict failed = Failed();

        Assert.Equal("kafka.topics.partitions", failed.Id);
        Assert.Contains(TopicKind.Of(topic).Lost, failed.Fix, StringComparison.Ordinal);
        Assert.Contains(heal, failed.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Topic_of_the_probe_with_other_partitions_is_deleted_and_the_verifier_makes_it_again()
    {
        _topics[KafkaTopic.ProbeName] = _topics[KafkaTopic.ProbeName] with { Partitions = 4 };

        Assert.Contains("--delete --topic cdclab.probe`", Failed().Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void No_more_than_five_are_named_and_typed_at_once()
    {
        for (int i = 0; i < 7; i++)
            _topics[$"t{i}"] = (1, 3, new() { ["retention.ms"] = "1" });

        Verdict failed = Failed();

        Assert.EndsWith("t4 has retention.ms=1: the brokers promise 259200000; and 2 more", failed.Actual, StringComparison.Ordinal);
        Assert.Equal(10, failed.Fix!.Count(c => c == '`'));
    }

    [Fact]
    public void Topic_that_was_deleted_between_the_two_looks_is_left_out() => Assert.All(Judge(gone: "cdclab.cdclab.orders"), v => Assert.Equal(Outcome.Ok, v.Outcome));

    private static string Shell(string line)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", line]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        return shell.StandardOutput.ReadToEnd();
    }

    private Verdict Failed() => Judge().Single(v => v.Outcome != Outcome.Ok);

    private IReadOnlyList<Verdict> Judge(string minimum = "2", string? gone = null)
    {
        Dictionary<string, string> brokers = new()
        {
            ["cleanup.policy"] = "delete",
            ["max.message.bytes"] = "1048588",
            ["message.timestamp.difference.max.ms"] = $"{long.MaxValue}",
            ["min.insync.replicas"] = minimum,
            ["retention.bytes"] = "1073741824",
            ["retention.ms"] = "259200000",
            ["unclean.leader.election.enable"] = "false",
        };
        ClusterState state = new([], 1, [.. from t in _topics from p in Enumerable.Range(0, t.Value.Partitions) select Partition(t.Key, p, t.Value.Replicas)]);
        return new KafkaTopicsCheck(Lab, new ClusterSource(Lab, new FiguresStore(TimeProvider.System), TimeProvider.System), _kafka, new KafkaFix(Lab, new FiguresStore(TimeProvider.System)))
            .Judge(state, _topics.Where(t => t.Key != gone).ToDictionary(t => t.Key, Settings (t) => brokers.Keys.Union(t.Value.Own.Keys).ToDictionary(n => n, n => Entry(n, t.Value.Own.GetValueOrDefault(n), brokers.GetValueOrDefault(n)))));
    }

    private static PartitionState Partition(string topic, int number, int replicas) => new(topic, number, [.. Enumerable.Range(0, replicas).Select(i => ((number + i) % 3) + 1)], 1, []);

    private static ConfigEntryResult Entry(string name, string? own, string? brokers)
    {
        ConfigEntryResult entry = new() { Name = name, Value = own ?? brokers, Source = own is null ? ConfigSource.StaticBrokerConfig : ConfigSource.DynamicTopicConfig, Synonyms = [] };
        if (own is not null)
            entry.Synonyms.Add(new() { Name = name, Value = own, Source = ConfigSource.DynamicTopicConfig });
        if (brokers is not null)
            entry.Synonyms.Add(new() { Name = $"log.{name}", Value = brokers, Source = ConfigSource.StaticBrokerConfig });
        return entry;
    }
}
