using CdcLab.Clients.ZooKeeper;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CdcLab.Tests.Lab.Sabotage;

public sealed class KafkaSabotageTests(LabApplication lab) : SabotageTest(lab)
{
    private const string Topic = "sabotage";
    private const string NeedsKafka35 = "Needs Kafka 3.5: the legacy Kafka has no admin API.";

    [Theory]
    [InlineData(1, "has 1, with min.insync.replicas=2: nothing can be written to it with acks=all")]
    [InlineData(2, "has 2, with min.insync.replicas=2: it stops with the first broker")]
    public Task A_topic_with_too_few_copies_is_told_with_what_they_lead_to(short replicas, string found) =>
        WithTopicAsync("kafka.replication_factor", Topic, found, admin => MakeAsync(admin, Topic, 4, replicas));

    [Theory]
    [InlineData("kafka.min_insync_replicas", "min.insync.replicas", "1")]
    [InlineData("kafka.min_insync_replicas", "min.insync.replicas", "3")]
    [InlineData("kafka.topics.unclean_election", "unclean.leader.election.enable", "true")]
    [InlineData("kafka.topics.retention", "retention.ms", "1000")]
    [InlineData("kafka.topics.cleanup_policy", "cleanup.policy", "compact")]
    [InlineData("kafka.topics.max_message_bytes", "max.message.bytes", "1000")]
    public Task A_setting_of_an_ordinary_topic_that_breaks_a_promise_is_deleted(string id, string setting, string value) =>
        WithTopicAsync(id, Topic, $"has {setting}={value}", admin => MakeAsync(admin, Topic, 3, 3, (setting, value)));

    [Theory]
    [InlineData("kafka.topics.partitions", 3, "-1")]
    [InlineData("kafka.topics.retention", 1, "604800000")]
    public Task A_schema_history_must_have_one_partition_and_never_expire(string id, int partitions, string retention) => WithTopicAsync(
        id, "sabotage.schema-history", "a schema history", admin => MakeAsync(admin, "sabotage.schema-history", partitions, 3, ("retention.ms", retention), ("retention.bytes", "-1")));

    [Theory]
    [InlineData("kafka.topics.cleanup_policy", "sabotage-connect-offsets", 25)]
    [InlineData("kafka.topics.partitions", "sabotage-connect-configs", 2)]
    public Task A_topic_of_Connect_must_be_compacted_and_its_configurations_have_one_partition(string id, string topic, int partitions) => WithTopicAsync(
        id, topic, "Connect's", admin => MakeAsync(admin, topic, partitions, 3, ("cleanup.policy", id == "kafka.topics.partitions" ? "compact" : "delete")));

    [Theory]
    [InlineData("kafka.topics.probe", KafkaTopic.ProbeName, "retention.ms", "1000")]
    [InlineData("kafka.topics.probe", KafkaTopic.ProbeName, "max.message.bytes", "10")]
    [InlineData("kafka.topics.cleanup_policy", "__consumer_offsets", "cleanup.policy", "delete")]
    public Task A_changed_setting_of_the_probes_topic_or_of_Kafkas_own_is_set_back(string id, string topic, string setting, string value) =>
        ChangeAsync(id, ResourceType.Topic, topic, setting, value);

    [Fact]
    public async Task Partitions_that_were_added_to_the_probes_topic_are_told_and_the_verifier_makes_it_anew()
    {
        using IAdminClient admin = Admin();
        await BreakAndHealAsync("kafka.topics.probe", () => admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = KafkaTopic.ProbeName, IncreaseTo = 4 }]));
    }

    [Fact]
    public async Task A_probes_topic_that_one_broker_is_to_lead_gets_a_leader_on_each()
    {
        Assert.SkipWhen(Lab.IsLegacy, NeedsKafka35);
        string reassign = (await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Figures!.KafkaTools!.Reassign;
        IEnumerable<string> partitions = Enumerable.Range(0, 3).Select(n => $$"""{"topic":"{{KafkaTopic.ProbeName}}","partition":{{n}},"replicas":[1,2,3]}""");
        await BreakAndHealAsync("kafka.topics.probe", () => ShellAsync($$"""echo '{"version":1,"partitions":[{{string.Join(',', partitions)}}]}' | {{reassign}}"""));
    }

    [Theory]
    [InlineData("kafka.dynamic_settings", "2", "log.retention.ms", "1000000")]
    [InlineData("kafka.dynamic_settings", "", "log.retention.ms", "1000000")]
    [InlineData("kafka.dynamic_settings", "", "message.max.bytes", "1000000")]
    [InlineData("kafka.setting.min.insync.replicas", "", "min.insync.replicas", "1")]
    [InlineData("kafka.setting.unclean.leader.election.enable", "1", "unclean.leader.election.enable", "true")]
    [InlineData("kafka.listeners.external", "2", "advertised.listeners", "INTERNAL://127.0.0.1:{0},EXTERNAL://localhost:1")]
    public Task A_dynamic_setting_is_deleted_where_it_was_set(string id, string broker, string setting, string value) =>
        ChangeAsync(id, ResourceType.Broker, broker, setting, string.Format(value, Lab.PortBase + 22));

    [Theory]
    [InlineData("--entity-type clients --entity-default", "producer_byte_rate=100")]
    [InlineData("--entity-type users --entity-name 'a person' --entity-type clients --entity-name cdclab-probe", "consumer_byte_rate=100")]
    public async Task A_quota_is_deleted_where_it_was_set(string entity, string quota)
    {
        Assert.SkipWhen(Lab.IsLegacy, NeedsKafka35);
        string configs = (await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Figures!.KafkaTools!.Configs;
        await BreakAndHealAsync("kafka.quotas", () => ShellAsync($"{configs} --alter {entity} --add-config {quota}"));
    }

    [Theory]
    [InlineData("kafka.isr", "create /brokers/topics/stray")]
    [InlineData("kafka.quotas", "create /config/clients/stray garbage")]
    public async Task A_node_of_ZooKeepers_that_is_not_of_Kafkas_shape_is_named_and_taken_away(string id, string sabotage)
    {
        Assert.SkipWhen(Lab.IsLegacy, NeedsKafka35);
        string zooKeeper = (await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Figures!.KafkaTools!.ZooKeeper;
        await BreakAndHealAsync(id, () => ShellAsync($"{zooKeeper} {sabotage}"));
    }

    [Fact]
    public async Task A_node_of_ZooKeepers_that_nobody_may_read_is_opened_again()
    {
        Assert.SkipWhen(Lab.IsLegacy, NeedsKafka35);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        Lab.IsWhole = false;
        string zooKeeper = (await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Figures!.KafkaTools!.ZooKeeper;
        await ShellAsync($"{zooKeeper} setAcl /config/users world:anyone:a");

        (_, Verdict quotas, _) = await Lab.LookForVerdictAsync("kafka.quotas", Outcome.Unknown, TimeSpan.FromSeconds(10));

        Assert.Contains("/config/users may not be read", quotas.Because, StringComparison.Ordinal);
        await TypeAsync(quotas.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_broker_that_a_setting_lets_nobody_into_is_opened_again_through_ZooKeeper()
    {
        using IAdminClient admin = Admin();
        await BreakAndHealAsync("kafka.dynamic_settings", () => SetAsync(admin, ResourceType.Broker, "2", "max.connections", "1"));
    }

    [Fact]
    public async Task A_probe_that_nobody_acknowledges_says_so_and_names_the_cause()
    {
        using IAdminClient admin = Admin();
        Verdict cause = await BreakAsync("kafka.topics.probe", () => SetAsync(admin, ResourceType.Topic, KafkaTopic.ProbeName, "max.message.bytes", "10"));

        (LabReport report, _) = await Deadline.WaitAsync(
            TimeSpan.FromSeconds(15),
            () => Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken),
            r => r.Checks.Count(c => c.Id.StartsWith("kafka.latency.", StringComparison.Ordinal) && c.CausedBy == cause.Id && c.Actual!.StartsWith("no probe ", StringComparison.Ordinal)) == 2,
            "both latencies silent",
            () => "");

        Assert.DoesNotContain(report.Checks, c => c.Outcome == Outcome.Failed && c.CausedBy is null && c.Id != cause.Id);
        await TypeAsync(cause.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_controller_that_nobody_knows_is_told_and_its_node_is_deleted()
    {
        Assert.SkipWhen(Lab.IsLegacy, NeedsKafka35);
        string zooKeeper = (await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Figures!.KafkaTools!.ZooKeeper;
        await BreakAsync("kafka.controller", () => ShellAsync($$"""{{zooKeeper}} set /controller '{"version":1,"brokerid":9,"timestamp":"1"}'"""));

        (LabReport report, _) = await Deadline.WaitAsync(
            TimeSpan.FromSeconds(20),
            () => Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken),
            r => r.Checks.Single(c => c.Id == "kafka.controller").Fix?.Contains("delete /controller", StringComparison.Ordinal) == true,
            "a fix that does not wait");
        await TypeAsync(report.Checks.Single(c => c.Id == "kafka.controller").Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task What_was_acknowledged_and_lost_is_counted()
    {
        using IAdminClient admin = Admin();
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        int leader = (await ClusterAsync()).Partitions.Single(p => p.Topic == KafkaTopic.ProbeName && p.Number == 0).Leader!.Value;
        string[] followers = [.. Enumerable.Range(1, 3).Where(id => id != leader).Select(ResourceNames.Broker)];
        await SetAsync(admin, ResourceType.Topic, KafkaTopic.ProbeName, "min.insync.replicas", "1");
        await SetAsync(admin, ResourceType.Topic, KafkaTopic.ProbeName, "unclean.leader.election.enable", "true");

        await Task.WhenAll(followers.Select(f => Lab.CommandAsync(f, "pause")));
        await Deadline.WaitAsync(
            TimeSpan.FromSeconds(30),
            ClusterAsync,
            c => c.Brokers.Count == 1 && c.Partitions.Where(p => p.Topic == KafkaTopic.ProbeName).All(p => p.Leader == leader),
            $"broker {leader} alone");
        long before = await SeenAsync();
        await Deadline.WaitAsync(TimeSpan.FromSeconds(20), SeenAsync, seen => seen > before + 20, "what it acknowledges alone");
        await Lab.CommandAsync(ResourceNames.Broker(leader), "kill");
        foreach (string follower in followers)
            await Lab.CommandAsync(follower, "resume");

        (_, Verdict lost, _) = await Lab.VerdictAsync("kafka.probe.lost", Outcome.Failed, TimeSpan.FromSeconds(60));
        Assert.Matches("^[1-9][0-9]* lost; ", lost.Actual);
        await Lab.CommandAsync(ResourceNames.Broker(leader), "start");
        await HealAsync();

        async Task<long> SeenAsync() => (await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Probes!.Seen;
    }

    private Task<ClusterState> ClusterAsync() => ClusterReader.ReadAsync("127.0.0.1", Lab.PortBase + 1, TestContext.Current.CancellationToken);

    // One of this name may still be on its way out: the last test's.
    private static Task MakeAsync(IAdminClient admin, string topic, int partitions, short replicas, params (string Setting, string Value)[] settings) => Deadline.WaitAsync(
        TimeSpan.FromSeconds(10),
        async () =>
        {
            await admin.CreateTopicsAsync(
                [new TopicSpecification { Name = topic, NumPartitions = partitions, ReplicationFactor = replicas, Configs = settings.ToDictionary(s => s.Setting, s => s.Value) }]);
            return true;
        },
        made => made,
        $"topic {topic}");

    private static Task SetAsync(IAdminClient admin, ResourceType type, string name, string setting, string value) => admin.IncrementalAlterConfigsAsync(new()
    {
        [new() { Type = type, Name = name }] = [new() { Name = setting, Value = value, IncrementalOperation = AlterConfigOpType.Set }],
    });

    private IAdminClient Admin()
    {
        Assert.SkipWhen(Lab.IsLegacy, NeedsKafka35);
        return new AdminClientBuilder(new AdminClientConfig { BootstrapServers = $"localhost:{Lab.PortBase + 11}" }).Build();
    }

    private async Task ChangeAsync(string id, ResourceType type, string name, string setting, string value)
    {
        using IAdminClient admin = Admin();
        await BreakAndHealAsync(id, () => name.Length > 0 ? SetAsync(admin, type, name, setting, value) : SetDefaultAsync());

        // librdkafka names no default: it wants the name of a resource.
        async Task SetDefaultAsync() => await TypeAsync(
            $"`{(await Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken)).Figures!.KafkaTools!.Configs} --alter --entity-type brokers --entity-default --add-config {setting}={value}`");
    }

    // The topic is taken away again: the next sabotage begins with a lab that is whole.
    private async Task WithTopicAsync(string id, string topic, string found, Func<IAdminClient, Task> make)
    {
        using IAdminClient admin = Admin();
        try
        {
            Verdict verdict = await BreakAndHealAsync(id, () => make(admin));
            Assert.StartsWith($"{topic} has ", verdict.Actual, StringComparison.Ordinal);
            Assert.Contains(found, verdict.Actual, StringComparison.Ordinal);
        }
        finally
        {
            await admin.DeleteTopicsAsync([topic]);
        }
    }
}
