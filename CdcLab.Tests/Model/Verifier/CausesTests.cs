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
    public void Of_two_that_could_each_follow_from_the_other_the_first_is_the_cause()
    {
        IReadOnlyList<Verdict> found = Find(
        [
            Failed("connect.tasks", "orders-cdc", []) with { Follows = ["connect.position"] },
            Failed("connect.position", "orders-cdc", []) with { Follows = ["connect.tasks"] },
            Failed("cdc.flow", "orders-cdc", []) with { Follows = ["connect.position"] },
        ]);
        Assert.Equal([null, "connect.tasks", "connect.tasks"], found.Select(v => v.CausedBy));
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

    [Theory]
    [InlineData("Paused", 1, Outcome.Failed)]
    [InlineData("Exited", 1, Outcome.Failed)]
    [InlineData("Running", 1, Outcome.Ok)]
    [InlineData("Waiting", 1, Outcome.Ok)]
    // Older than the look: it was resumed meanwhile.
    [InlineData("Paused", -1, Outcome.Ok)]
    public void Server_that_is_known_to_be_gone_or_paused_is_the_cause_before_it_is_asked_again(string state, int secondsAfterTheLook, Outcome expected)
    {
        DateTimeOffset look = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
        LabFigures figures = new() { At = default, Containers = false, Resources = [new() { Name = "mysql", State = state }] };
        Verdict[] verdicts = [Ok("mysql.answers", "mysql") with { LookedAt = look }, Failed("order-simulator.market", "order-simulator", ["mysql"])];

        IReadOnlyList<Verdict> found = Causes.Find(verdicts, figures, look.AddSeconds(secondsAfterTheLook));

        Assert.Equal(expected, found[0].Outcome);
        Assert.Equal(expected == Outcome.Failed ? "mysql.answers" : null, found[1].CausedBy);
    }

    [Fact]
    public void Broker_that_is_kept_out_of_by_a_setting_follows_from_it_with_all_that_needs_the_broker_and_one_that_does_not_run_does_not()
    {
        Verdict[] verdicts = [Failed("kafka-2.answers", "kafka-2") with { Follows = ["kafka.quotas"] }, Failed("kafka.isr", "kafka", ["kafka-2"]), Failed("kafka.quotas", "kafka", [])];
        LabFigures stopped = new() { At = default, Containers = false, Resources = [new() { Name = "kafka-2", State = "Exited", Ended = "killed by SIGKILL" }] };

        Assert.Equal(["kafka.quotas", "kafka.quotas", null], Find(verdicts).Select(v => v.CausedBy));
        Assert.Equal([null, "kafka-2.answers", null], Causes.Find(verdicts, stopped).Select(v => v.CausedBy));
    }

    [Fact]
    public void What_waits_follows_for_fifteen_seconds_from_a_cause_that_was_healed()
    {
        Microsoft.Extensions.Time.Testing.FakeTimeProvider time = new();
        Causes causes = new(time);
        Verdict waits = Failed("kafka.brokers", "kafka", ["kafka-2"]) with { Fix = "Wait, up to 20 s." };
        causes.FindLately([Failed("kafka-2.answers", "kafka-2"), waits], figures: null, figuresAt: null);
        Verdict[] healed = [Ok("kafka-2.answers", "kafka-2"), waits, Failed("kafka.isr", "kafka", ["kafka-2"])];

        Assert.Equal([null, "kafka-2.answers", null], causes.FindLately(healed, figures: null, figuresAt: null).Select(v => v.CausedBy));
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.All(causes.FindLately(healed, figures: null, figuresAt: null), v => Assert.Null(v.CausedBy));
    }

    [Fact]
    public void What_has_a_fix_of_its_own_is_its_own_as_soon_as_it_was_looked_at_after_the_heal()
    {
        Causes causes = new(new Microsoft.Extensions.Time.Testing.FakeTimeProvider());
        DateTimeOffset before = new(2026, 11, 30, 3, 0, 0, TimeSpan.Zero);
        Verdict ledger = Failed("market.ledger", "order-simulator") with { Follows = ["mysql.schema.orders"], LookedAt = before };
        causes.FindLately([Failed("mysql.schema.orders", "mysql"), ledger], figures: null, figuresAt: null);

        Assert.Equal("mysql.schema.orders", causes.FindLately([Ok("mysql.schema.orders", "mysql"), ledger], figures: null, figuresAt: null)[1].CausedBy);
        Verdict again = causes.FindLately([Ok("mysql.schema.orders", "mysql"), ledger with { LookedAt = before.AddSeconds(5) }], figures: null, figuresAt: null)[1];
        Assert.Equal((null, "do this"), (again.CausedBy, again.Fix));
    }

    [Fact]
    public void What_has_to_be_typed_after_the_cause_is_healed_stands_at_the_end_of_its_fix()
    {
        Verdict task = Failed("connect.tasks", "orders-cdc") with { Follows = ["mysql.grants.debezium"], Afterwards = "Then `aspire resource orders-cdc restart`." };
        Assert.All(Find([Failed("mysql.grants.debezium", "mysql"), task]), v => Assert.Equal("do this Then `aspire resource orders-cdc restart`.", v.Fix));
        Assert.Equal("do this", Find([task])[0].Fix);
    }

    private static IReadOnlyList<Verdict> Find(IReadOnlyList<Verdict> verdicts) => Causes.Find(verdicts, figures: null);

    private static Verdict Failed(string id, string resource, IReadOnlyList<string>? needs = null) => new Promise(id, resource, "expected", "because").Failed("found", "do this", needs);

    private static Verdict Unknown(string id, string resource, IReadOnlyList<string>? needs = null) => new Promise(id, resource, "expected", "because").Unknown("could not look", "do this", needs);

    private static Verdict Ok(string id, string resource) => new Promise(id, resource, "expected", "because").Ok("fine");
}
