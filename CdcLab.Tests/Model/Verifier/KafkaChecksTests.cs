using CdcLab.Clients.ZooKeeper;
using CdcLab.Verifier;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;
using Confluent.Kafka.Admin;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class KafkaChecksTests : IDisposable
{
    private static readonly VerifiedLab Lab = new(new LabOptions(), Containers: false, "localhost:9092,localhost:9093,localhost:9094");
    private static readonly Dictionary<string, ConfigEntryResult> Right = Lab.BrokerSettings.ToDictionary(s => s.Variable, s => Entry(s.Variable, s.Expected, ConfigSource.StaticBrokerConfig));

    private readonly ClusterSource _cluster = new(Lab, new FiguresStore(TimeProvider.System), TimeProvider.System);
    private readonly KafkaAccess _kafka = new(Lab, new FiguresStore(TimeProvider.System));
    private readonly KafkaFix _fix = new(Lab, new FiguresStore(TimeProvider.System));

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public void Brokers_with_the_right_settings_are_ok() => Assert.All(Settings(Answer(1), Answer(2), Answer(3)), v => Assert.Equal(Outcome.Ok, v.Outcome));

    [Fact]
    public void Settings_are_unknown_because_of_every_broker_that_does_not_answer() =>
        Assert.All(Settings(Answer(1), Silent(2), Silent(3)), v => NamesBoth(v, Outcome.Unknown, "kafka-2", "kafka-3"));

    [Theory]
    [InlineData(ConfigSource.StaticBrokerConfig, "kafka-2 has true", "Run `aspire resource kafka-2 restart`.")]
    [InlineData(ConfigSource.DynamicBrokerConfig, "kafka-2 has true, set dynamically", "--entity-type brokers --entity-name 2 --delete-config unclean.leader.election.enable`.")]
    [InlineData(ConfigSource.DynamicDefaultBrokerConfig, "kafka-2 has true, set dynamically", "--entity-type brokers --entity-default --delete-config unclean.leader.election.enable`.")]
    public void Broker_with_another_setting_fails_even_while_another_is_silent_and_is_healed_where_it_was_set(ConfigSource source, string found, string heal)
    {
        Verdict failed = Settings(Answer(1), Answer(2, Entry("unclean.leader.election.enable", "true", source)), Silent(3)).Single(v => v.Outcome == Outcome.Failed);

        Assert.Equal(("kafka.setting.unclean.leader.election.enable", found, 0), (failed.Id, failed.Actual, failed.Needs!.Count));
        Assert.Contains(heal, failed.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_that_was_set_of_a_broker_and_as_the_default_is_deleted_at_both()
    {
        ConfigEntryResult both = Entry("min.insync.replicas", "1", ConfigSource.DynamicBrokerConfig);
        both.Synonyms.Insert(1, new() { Name = both.Name, Value = "1", Source = ConfigSource.DynamicDefaultBrokerConfig });

        Verdict failed = Settings(Answer(1, both), Answer(2), Answer(3)).Single(v => v.Outcome == Outcome.Failed);

        Assert.Matches("--entity-name 1 --delete-config min.insync.replicas`; `.* --entity-default --delete-config min.insync.replicas`", failed.Fix);
    }

    [Fact]
    public void Dynamic_setting_that_goes_before_a_checked_one_is_the_cause()
    {
        ConfigEntryResult dynamic = Entry("log.retention.ms", "1000", ConfigSource.DynamicDefaultBrokerConfig);
        dynamic.Synonyms.Add(new() { Name = "log.retention.hours", Value = "72", Source = ConfigSource.StaticBrokerConfig });
        BrokerAnswer[] answers = [.. Enumerable.Range(1, 3).Select(id => Answer(id, dynamic, Entry("log.retention.hours", "168", ConfigSource.DefaultConfig)))];

        IReadOnlyList<Verdict> failed = [.. Causes.Find(Settings(answers), figures: null).Where(v => v.Outcome == Outcome.Failed)];

        Assert.Equal([("kafka.setting.log.retention.hours", "kafka.dynamic_settings"), ("kafka.dynamic_settings", null)], failed.Select(v => (v.Id, v.CausedBy)));
        Assert.Equal("kafka-1, kafka-2, kafka-3 with log.retention.ms=1000", failed[1].Actual);
        Assert.EndsWith("--alter --entity-type brokers --entity-default --delete-config log.retention.ms`.", failed[1].Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Dynamic_setting_that_is_what_the_lab_sets_too_breaks_nothing_and_is_named() =>
        Assert.Contains("none but num.partitions", Settings(Answer(1, Entry("num.partitions", "3", ConfigSource.DynamicBrokerConfig)), Answer(2), Answer(3))[^1].Actual, StringComparison.Ordinal);

    [Fact]
    public void Listeners_are_unknown_because_of_every_broker_that_does_not_answer()
    {
        ListenerAnswer[] answers = [new("kafka-1", [.. Lab.Brokers.Select(b => new AdvertisedBroker(b.Id, "localhost", 9091 + b.Id))], null), .. Silence(2, 3)];

        NamesBoth(new KafkaListenersCheck(Lab, KafkaSettings.ExternalListener, _fix).Judge(answers, []), Outcome.Unknown, "kafka-2", "kafka-3");

        static IEnumerable<ListenerAnswer> Silence(params int[] ids) => ids.Select(id => new ListenerAnswer($"kafka-{id}", null, $"kafka-{id} did not answer in time"));
    }

    [Fact]
    public void Broker_that_is_not_of_this_lab_is_told_by_the_check_of_the_brokers()
    {
        ListenerAnswer[] answers = [.. Lab.Brokers.Select(b => new ListenerAnswer(b.Name, [.. Lab.Brokers.Select(t => new AdvertisedBroker(t.Id, "localhost", 9091 + t.Id)), new AdvertisedBroker(9, "localhost", 9099)], null))];

        Assert.Equal(["kafka.brokers"], new KafkaListenersCheck(Lab, KafkaSettings.ExternalListener, _fix).Judge(answers, []).Follows);
    }

    [Theory]
    [InlineData(false, "Run `aspire resource kafka-2 restart`.")]
    [InlineData(true, "--bootstrap-server 127.0.0.1:29092,127.0.0.1:29093,127.0.0.1:29094 --alter --entity-type brokers --entity-name 2 --delete-config advertised.listeners`.")]
    public void Address_that_is_told_wrong_is_healed_where_it_was_set_and_from_the_other_side(bool dynamic, string heal)
    {
        ListenerAnswer[] answers = [.. Lab.Brokers.Select(b => new ListenerAnswer(b.Name, [.. Lab.Brokers.Select(t => new AdvertisedBroker(t.Id, "localhost", t.Id == 2 ? 1 : 9091 + t.Id))], null))];

        Verdict failed = new KafkaListenersCheck(Lab, KafkaSettings.ExternalListener, _fix).Judge(answers, dynamic ? [Lab.Brokers[1]] : []);

        Assert.Equal("kafka-1, kafka-2, kafka-3 told localhost:1 for broker 2", failed.Actual);
        Assert.EndsWith(heal, failed.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Brokers_that_are_missing_are_all_named()
    {
        Verdict brokers = new KafkaClusterCheck(Lab, _cluster, new KafkaFix(Lab, new FiguresStore(TimeProvider.System))).Judge(new ClusterState([new(1, [])], 1, [])).Single(v => v.Id == "kafka.brokers");

        NamesBoth(brokers, Outcome.Failed, "kafka-2", "kafka-3");
    }

    [Fact]
    public void Setting_that_keeps_everybody_out_of_a_broker_is_named_and_taken_away_in_ZooKeeper()
    {
        BrokerAnswer silent = Silent(2) with { KeepingOut = [new(2, "max.connections", "1"), new(null, "max.connections.per.ip", "0")] };

        Verdict failed = Settings(Answer(1), silent, Answer(3))[^1];

        Assert.Equal((Outcome.Failed, "kafka-2 with max.connections=1; kafka-2 with max.connections.per.ip=0"), (failed.Outcome, failed.Actual));
        Assert.Equal(4, FixText.Codes(failed.Fix!).Count);
        Assert.Contains("""set '/config/brokers/2' '{"version":1,"config":{}}'""", failed.Fix, StringComparison.Ordinal);
        Assert.Contains("""create -s /config/changes/config_change_ '{"version":2,"entity_path":"brokers/<default>"}'""", failed.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_that_may_keep_everybody_out_is_taken_away_in_ZooKeeper_even_where_the_broker_still_answered()
    {
        Verdict failed = Settings(
            Answer(1, Entry("log.retention.ms", "1000", ConfigSource.DynamicBrokerConfig)),
            Answer(2, Entry("max.connections", "1", ConfigSource.DynamicBrokerConfig), Entry("log.retention.ms", "1000", ConfigSource.DynamicBrokerConfig)),
            Answer(3))[^1];

        IReadOnlyList<string> typed = FixText.Codes(failed.Fix!);
        Assert.Equal(3, typed.Count);
        Assert.EndsWith("--entity-name 1 --delete-config log.retention.ms", typed[0], StringComparison.Ordinal);
        Assert.Contains("""set '/config/brokers/2' '{"version":1,"config":{}}'""", typed[1], StringComparison.Ordinal);
    }

    private static void NamesBoth(Verdict verdict, Outcome outcome, params string[] names)
    {
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Equal(names, verdict.Needs);
        Assert.All(names, name => Assert.Contains(name, verdict.Actual ?? verdict.Because, StringComparison.Ordinal));
        // Only the headline of a resource says what its state asks for; what follows from it takes over that fix.
        Assert.StartsWith("Wait", verdict.Fix, StringComparison.Ordinal);
    }

    private static ConfigEntryResult Entry(string name, string value, ConfigSource source) =>
        new() { Name = name, Value = value, Source = source, Synonyms = [new() { Name = name, Value = value, Source = source }] };

    private static BrokerAnswer Answer(int id, params ConfigEntryResult[] changed) =>
        new(Lab.Brokers[id - 1], new Dictionary<string, ConfigEntryResult>([.. Right.Where(r => changed.All(c => c.Name != r.Key)), .. changed.Select(c => KeyValuePair.Create(c.Name, c))]));

    private static BrokerAnswer Silent(int id) => new(Lab.Brokers[id - 1], Settings: null, $"kafka-{id} did not answer in time");

    private IReadOnlyList<Verdict> Settings(params BrokerAnswer[] brokers) => new KafkaSettingsCheck(Lab, _cluster, _kafka, _fix).Judge(brokers);
}
