using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class CausesTests
{
    [Fact]
    public void What_a_silent_broker_explains_names_it_and_the_root_stands_by_itself()
    {
        IReadOnlyList<Verdict> verdicts = Find([Failed("kafka-2.answers", "kafka-2"), Failed("kafka.isr", "kafka", ["kafka-2"]), Unknown("memory.kafka-2", "kafka-2")]);

        Assert.Equal([null, "kafka-2.answers", "kafka-2.answers"], verdicts.Select(v => v.CausedBy));
    }

    [Fact]
    public void Complaint_of_a_broker_that_answers_stands_by_itself()
    {
        IReadOnlyList<Verdict> verdicts = Find([Failed("kafka-2.answers", "kafka-2"), Failed("kafka.isr", "kafka", ["kafka-2", "kafka-3"]), Failed("kafka.setting.x", "kafka", [])]);

        Assert.All(verdicts, v => Assert.Null(v.CausedBy));
    }

    [Fact]
    public void ZooKeeper_and_a_broker_both_stay_roots()
    {
        IReadOnlyList<Verdict> verdicts = Find([Failed("zookeeper.answers", "zookeeper"), Failed("kafka-1.answers", "kafka-1"), Unknown("kafka.brokers", "kafka"), Unknown("kafka.setting.x", "kafka", ["kafka-1"])]);

        Assert.Equal([null, null, "zookeeper.answers", "kafka-1.answers"], verdicts.Select(v => v.CausedBy));
    }

    [Fact]
    public void Simulator_that_waits_for_MySQL_follows_from_it_and_an_ok_verdict_from_nothing()
    {
        IReadOnlyList<Verdict> verdicts = Find([Failed("mysql.answers", "mysql"), Failed("order-simulator.market", "order-simulator", ["mysql"]), Ok("memory.mysql", "mysql")]);

        Assert.Equal([null, "mysql.answers", null], verdicts.Select(v => v.CausedBy));
    }

    [Fact]
    public void Check_that_another_explains_takes_over_the_first_cause_and_its_fix()
    {
        IReadOnlyList<Verdict> verdicts = Find(
        [
            Failed("market", "order-simulator") with { Follows = ["grants", "mode"] }, Failed("mode", "mysql") with { Follows = ["setting"], Fix = "not this" }, Failed("setting", "mysql") with { Fix = "this" },
            Ok("grants", "mysql"),
        ]);

        Assert.Equal(["setting", "setting", null, null], verdicts.Select(v => v.CausedBy));
        Assert.Equal("this", verdicts[0].Fix);
    }

    [Fact]
    public void Two_silent_checks_of_one_resource_are_one_cause()
    {
        IReadOnlyList<Verdict> verdicts = Find([Failed("kafka-2.answers", "kafka-2"), Failed("kafka-2.answers", "kafka-2"), Failed("kafka-2.internal.answers", "kafka-2"), Failed("kafka.isr", "kafka", ["kafka-2"])]);

        Assert.Equal("kafka-2.answers", verdicts[^1].CausedBy);
    }

    [Fact]
    public void Nothing_follows_while_everything_answers() =>
        Assert.All(Find([Ok("kafka-2.answers", "kafka-2"), Failed("kafka.isr", "kafka", ["kafka-2"]), Unknown("kafka.brokers", "kafka")]), v => Assert.Null(v.CausedBy));

    [Theory]
    [InlineData("Paused", null, "it is paused", "kafka-2 resume")]
    [InlineData("Exited", "killed by SIGKILL from outside the lab", "it was killed by SIGKILL from outside the lab", "kafka-2 start")]
    [InlineData("Exited", "ended by itself with exit code 1", "it ended by itself with exit code 1", "kafka-2 start")]
    [InlineData("FailedToStart", "could not be started: no Java", "it could not be started: no Java", "kafka-2 start")]
    [InlineData("Finished", null, "its state is Finished", "kafka-2 start")]
    public void Root_says_what_is_known_of_its_resource_and_what_helps(string state, string? ended, string says, string fix)
    {
        LabFigures figures = new() { At = default, Containers = false, Resources = [new() { Name = "kafka-2", State = state, Ended = ended }] };

        Verdict root = Causes.Find([Failed("kafka-2.answers", "kafka-2")], figures)[0];

        Assert.Contains(says, root.Actual, StringComparison.Ordinal);
        Assert.Contains(fix, root.Fix, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Verdict> Find(IReadOnlyList<Verdict> verdicts) => Causes.Find(verdicts, figures: null);

    private static Verdict Failed(string id, string resource, IReadOnlyList<string>? needs = null) => new Promise(id, resource, "expected", "because").Failed("found", "do this", needs);

    private static Verdict Unknown(string id, string resource, IReadOnlyList<string>? needs = null) => new Promise(id, resource, "expected", "because").Unknown("could not look", "do this", needs);

    private static Verdict Ok(string id, string resource) => new Promise(id, resource, "expected", "because").Ok("fine");
}
