using CdcLab.Clients.ZooKeeper;
using CdcLab.Verifier;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Sources;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class KafkaChecksTests : IDisposable
{
    private static readonly VerifiedLab Lab = new(new LabOptions(), Containers: false, "localhost:9092");
    private static readonly Dictionary<string, string> Right = Lab.BrokerSettings.ToDictionary(s => s.Variable, s => s.Expected);

    private readonly ClusterSource _cluster = new(Lab, TimeProvider.System);
    private readonly KafkaAccess _kafka = new(Lab, new FiguresStore(TimeProvider.System));

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public void Brokers_with_the_right_settings_are_ok() => Assert.All(Settings(Answer(1), Answer(2), Answer(3)), v => Assert.Equal(Outcome.Ok, v.Outcome));

    [Fact]
    public void Settings_are_unknown_because_of_every_broker_that_does_not_answer() =>
        Assert.All(Settings(Answer(1), Silent(2), Silent(3)), v => NamesBoth(v, Outcome.Unknown, "kafka-2", "kafka-3"));

    [Fact]
    public void Broker_with_another_setting_fails_even_while_another_is_silent()
    {
        Dictionary<string, string> wrong = new(Right) { ["unclean.leader.election.enable"] = "true" };

        IReadOnlyList<Verdict> verdicts = Settings(Answer(1), new("kafka-2", wrong), Silent(3));

        Verdict failed = verdicts.Single(v => v.Outcome == Outcome.Failed);
        Assert.Equal(("kafka.setting.unclean.leader.election.enable", "kafka-2 has true", 0), (failed.Id, failed.Actual, failed.Needs!.Count));
    }

    [Fact]
    public void Listeners_are_unknown_because_of_every_broker_that_does_not_answer()
    {
        ListenerAnswer[] answers = [new("kafka-1", [.. Lab.Brokers.Select(b => new AdvertisedBroker(b.Id, "localhost", 9091 + b.Id))], null), .. Silence(2, 3)];

        NamesBoth(new KafkaListenersCheck(Lab, KafkaSettings.ExternalListener).Judge(answers), Outcome.Unknown, "kafka-2", "kafka-3");

        static IEnumerable<ListenerAnswer> Silence(params int[] ids) => ids.Select(id => new ListenerAnswer($"kafka-{id}", null, $"kafka-{id} did not answer in time"));
    }

    [Fact]
    public void Brokers_that_are_missing_are_all_named()
    {
        Verdict brokers = new KafkaClusterCheck(Lab, _cluster).Judge(new ClusterState([new(1, [])], 1, [])).Single(v => v.Id == "kafka.brokers");

        NamesBoth(brokers, Outcome.Failed, "kafka-2", "kafka-3");
    }

    private static void NamesBoth(Verdict verdict, Outcome outcome, params string[] names)
    {
        Assert.Equal(outcome, verdict.Outcome);
        Assert.Equal(names, verdict.Needs);
        Assert.All(names, name => Assert.Contains(name, verdict.Actual ?? verdict.Because, StringComparison.Ordinal));
        // Only the headline of a resource says what its state asks for; what follows from it takes over that fix.
        Assert.StartsWith("Wait", verdict.Fix, StringComparison.Ordinal);
    }

    private static BrokerAnswer Answer(int id) => new($"kafka-{id}", Right);

    private static BrokerAnswer Silent(int id) => new($"kafka-{id}", Settings: null, $"kafka-{id} did not answer in time");

    private IReadOnlyList<Verdict> Settings(params BrokerAnswer[] brokers)
    {
        KafkaSettingsCheck check = new(Lab, _cluster, _kafka);
        Dictionary<string, IReadOnlyDictionary<string, string>> topics = new() { ["orders"] = Right };
        return [check.JudgeMinimum(brokers, topics), .. check.JudgeSettings(brokers)];
    }
}
