using CdcLab.Verifier;
using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class CheckServiceTests
{
    [Fact]
    public void What_follows_from_one_cause_is_counted_beside_it()
    {
        Verdict[] verdicts =
        [
            Of("kafka-2.answers").Failed("kafka-2 is paused", "resume it"),
            Of("kafka.isr").Failed("lacking", "wait") with { CausedBy = "kafka-2.answers" },
            Of("kafka.brokers").Unknown("not seen", "wait") with { CausedBy = "kafka-2.answers" },
            Of("mysql.answers").Failed("refused", "start it"),
            Of("mysql.schema").Ok("fine"),
        ];

        Assert.Equal("; now failed: kafka-2.answers (kafka-2 is paused; 2 follow), mysql.answers (refused)", CheckService.Changes(verdicts, new Dictionary<string, Outcome>()));
    }

    [Fact]
    public void What_has_not_turned_is_not_told_again() =>
        Assert.Equal("", CheckService.Changes([Of("a").Failed("off", "on")], new Dictionary<string, Outcome> { ["a"] = Outcome.Failed }));

    private static Promise Of(string id) => new(id, "r", "e", "b");
}
