using System.Diagnostics;
using CdcLab.Model;
using CdcLab.Model.Live;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit;

namespace CdcLab.Tests.Lab.Verifier;

/// <summary>Each check of the cluster, shown to fail on a real one, and to return.</summary>
[Trait("tier", "lab")]
[Collection(ServersCollection.Name)]
public sealed class KafkaChecksTests(KafkaClusterUnderTest cluster) : IClassFixture<KafkaClusterUnderTest>, IAsyncLifetime
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReturnLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AdminLimit = TimeSpan.FromSeconds(10);
    private static readonly string[] AskEveryBroker = ["kafka.min_insync_replicas", "kafka.settings", "kafka.listeners.internal", "kafka.listeners.external"];

    private readonly KafkaVerdicts _verdicts = new(cluster);

    public async ValueTask InitializeAsync()
    {
        await _verdicts.Admin.CreateTopicAsync("orders", 6, 3, new Dictionary<string, string>(StringComparer.Ordinal), AdminLimit, TestContext.Current.CancellationToken);
        await _verdicts.AllOkAsync(ReturnLimit);
    }

    public ValueTask DisposeAsync()
    {
        _verdicts.Dispose();
        return ValueTask.CompletedTask;
    }

    [Kafka35Fact]
    public async Task Whole_cluster_is_ok_and_says_what_was_found()
    {
        IReadOnlyDictionary<string, Verdict> verdicts = await _verdicts.AllOkAsync(ReturnLimit);

        Assert.Contains("version 3.", verdicts["zookeeper.answers"].Actual, StringComparison.Ordinal);
        Assert.Equal("registered: 1, 2, 3", verdicts["kafka.brokers"].Actual);
        Assert.Contains("6 partitions whole", verdicts["kafka.isr"].Actual, StringComparison.Ordinal);
        Assert.Equal($"3 brokers tell {cluster.Model.Kafka.ExternalBootstrap.Replace(",", ", ", StringComparison.Ordinal)}", verdicts["kafka.listeners.external"].Actual);
        Assert.Equal($"3 brokers tell {cluster.Model.Kafka.InternalBootstrap.Replace(",", ", ", StringComparison.Ordinal)}", verdicts["kafka.listeners.internal"].Actual);
        Assert.Contains("unclean.leader.election.enable=false", verdicts["kafka.settings"].Expected, StringComparison.Ordinal);
    }

    [Kafka35Fact]
    public async Task Topic_with_fewer_replicas_and_a_lower_minimum_is_named()
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal) { ["min.insync.replicas"] = "1" };
        await _verdicts.Admin.CreateTopicAsync("careless", 1, 1, settings, AdminLimit, TestContext.Current.CancellationToken);
        try
        {
            IReadOnlyDictionary<string, Verdict> verdicts = await _verdicts.BecomeAsync(TurnLimit, ["kafka.replication_factor", "kafka.min_insync_replicas"], []);

            Assert.Equal("careless has 1", verdicts["kafka.replication_factor"].Actual);
            Assert.Equal("topic careless has 1", verdicts["kafka.min_insync_replicas"].Actual);
        }
        finally
        {
            await _verdicts.Admin.DeleteTopicAsync("careless", AdminLimit, CancellationToken.None);
        }

        await _verdicts.AllOkAsync(ReturnLimit);
    }

    [Kafka35Fact]
    public async Task Killed_broker_turns_what_it_concerns_and_its_start_brings_all_back()
    {
        long killed = Stopwatch.GetTimestamp();
        await cluster.KillAsync("kafka-2");
        IReadOnlyDictionary<string, Verdict> verdicts = await _verdicts.BecomeAsync(TurnLimit, ["kafka-2.answers", "kafka.brokers", "kafka.isr"], AskEveryBroker);
        Assert.True(Stopwatch.GetElapsedTime(killed) < TurnLimit);

        Assert.Contains("refused the connection", verdicts["kafka-2.answers"].Actual, StringComparison.Ordinal);
        Assert.Contains("missing: kafka-2", verdicts["kafka.brokers"].Actual, StringComparison.Ordinal);
        Assert.Contains("6 of 6 partitions lack a replica: orders-0 has ", verdicts["kafka.isr"].Actual, StringComparison.Ordinal);
        Assert.Contains("Start kafka-2", verdicts["kafka.isr"].Fix, StringComparison.Ordinal);

        long started = Stopwatch.GetTimestamp();
        await cluster.StartAsync("kafka-2");
        await _verdicts.AllOkAsync(ReturnLimit - Stopwatch.GetElapsedTime(started));
    }

    [Kafka35Fact]
    public async Task Whole_cluster_killed_is_no_whole_in_sync_set_though_the_last_state_nodes_say_so()
    {
        string[] brokers = [.. cluster.Model.Kafka.Brokers.Select(b => b.Name)];
        await cluster.KillAsync(brokers);
        IReadOnlyDictionary<string, Verdict> verdicts = await _verdicts.BecomeAsync(
            TurnLimit,
            ["kafka-1.answers", "kafka-2.answers", "kafka-3.answers", "kafka.brokers", "kafka.controller", "kafka.isr"],
            AskEveryBroker);
        Assert.Contains("and no leader", verdicts["kafka.isr"].Actual, StringComparison.Ordinal);

        await Task.WhenAll(brokers.Select(b => cluster.StartAsync(b)));
        await _verdicts.AllOkAsync(ReturnLimit);
    }

    [Kafka35Fact]
    public async Task Broker_that_runs_with_wrong_settings_is_named_with_each_of_them()
    {
        int port = cluster.Ports.External(3);
        await cluster.RestartAsync(
            "kafka-3",
            new("unclean.leader.election.enable", "true", "wrong"),
            new("min.insync.replicas", "1", "wrong"),
            new("advertised.listeners", $"INTERNAL://{cluster.Model.Kafka.Brokers[2].InternalAddress},EXTERNAL://127.0.0.1:{port}", "wrong"));
        IReadOnlyDictionary<string, Verdict> verdicts = await _verdicts.BecomeAsync(ReturnLimit, ["kafka.settings", "kafka.min_insync_replicas", "kafka.listeners.external"], []);

        Assert.Equal("kafka-3 has min.insync.replicas=1, not 2; kafka-3 has unclean.leader.election.enable=true, not false", verdicts["kafka.settings"].Actual);
        Assert.Contains("kafka-3 has 1", verdicts["kafka.min_insync_replicas"].Actual, StringComparison.Ordinal);
        Assert.Contains($"kafka-1 tells 127.0.0.1:{port} for broker 3", verdicts["kafka.listeners.external"].Actual, StringComparison.Ordinal);

        await cluster.RestartAsync("kafka-3");
        await _verdicts.AllOkAsync(ReturnLimit);
    }

    [Kafka35Fact]
    public async Task Killed_ZooKeeper_fails_and_what_only_it_knows_is_unknown()
    {
        await cluster.KillAsync(ResourceNames.ZooKeeper);
        IReadOnlyDictionary<string, Verdict> verdicts = await _verdicts.BecomeAsync(
            TurnLimit,
            ["zookeeper.answers"],
            ["kafka.brokers", "kafka.controller", "kafka.isr", "kafka.replication_factor", "kafka.min_insync_replicas"]);
        Assert.Contains("ZooKeeper at 127.0.0.1", verdicts["kafka.isr"].Because, StringComparison.Ordinal);

        await cluster.StartAsync(ResourceNames.ZooKeeper);
        await _verdicts.AllOkAsync(ReturnLimit);
    }

    [Kafka35Fact]
    public async Task What_the_checks_say_is_what_Kafkas_own_admin_api_says()
    {
        using IAdminClient kafka = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = cluster.Model.Kafka.InternalBootstrap }).Build();
        DescribeClusterResult described = await kafka.DescribeClusterAsync();
        DescribeTopicsResult topic = await kafka.DescribeTopicsAsync(TopicCollection.OfTopicNames(["orders"]));
        IReadOnlyDictionary<string, Verdict> verdicts = await _verdicts.AllOkAsync(ReturnLimit);

        Assert.Equal(ResourceNames.Broker(described.Controller.Id), verdicts["kafka.controller"].Actual);
        Assert.All(topic.TopicDescriptions[0].Partitions, p => Assert.Equal(3, p.ISR.Count));
    }
}
