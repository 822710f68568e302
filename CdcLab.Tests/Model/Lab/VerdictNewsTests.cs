using CdcLab.AppHost.Lab;

namespace CdcLab.Tests.Model.Lab;

[Trait("tier", "model")]
public sealed class VerdictNewsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly VerdictNews _news = new();

    [Fact]
    public void Server_that_does_not_answer_is_told_at_once_and_once_and_so_is_its_end()
    {
        Assert.Equal(["kafka-2.answers"], At(0, Failed("kafka-2.answers", "kafka-2")));
        Assert.Empty(At(2, Failed("kafka-2.answers", "kafka-2")));
        Assert.Equal(["kafka-2.answers"], At(4, Ok("kafka-2.answers", "kafka-2")));
        Assert.Empty(At(6, Ok("kafka-2.answers", "kafka-2")));
    }

    [Fact]
    public void Symptom_that_is_seen_before_its_cause_is_not_told_beside_it_nor_while_it_heals()
    {
        Assert.Empty(At(0, Failed("kafka.latency", "kafka")));
        Assert.Equal(["kafka-2.answers"], At(6, Failed("kafka.latency", "kafka", "kafka-2.answers"), Failed("kafka-2.answers", "kafka-2")));
        Assert.Equal(["kafka-2.answers"], At(20, Failed("kafka.latency", "kafka"), Ok("kafka-2.answers", "kafka-2")));
        Assert.Empty(At(34, Failed("kafka.latency", "kafka")));
        Assert.Empty(At(36, Ok("kafka.latency", "kafka")));
    }

    [Fact]
    public void Symptom_without_a_cause_is_told_after_a_while()
    {
        Assert.Empty(At(0, Failed("kafka.isr", "kafka")));
        Assert.Empty(At(6, Failed("kafka.isr", "kafka")));
        Assert.Equal(["kafka.isr"], At(8, Failed("kafka.isr", "kafka")));
        Assert.Empty(At(10, Failed("kafka.isr", "kafka")));
        Assert.Equal(["kafka.isr"], At(12, Ok("kafka.isr", "kafka")));
    }

    [Fact]
    public void Wrong_setting_is_told_at_once_and_not_what_could_not_be_looked_at()
    {
        Assert.Equal(["mysql.sync_binlog"], At(0, Failed("mysql.sync_binlog", "mysql"), Ok("mysql.x", "mysql") with { Outcome = Outcome.Unknown }));
    }

    [Fact]
    public void What_was_told_otherwise_is_not_told_again_and_its_end_is()
    {
        _news.Known([Failed("mysql.sync_binlog", "mysql")], Start);

        Assert.Empty(At(0, Failed("mysql.sync_binlog", "mysql")));
        Assert.Equal(["mysql.sync_binlog"], At(2, Ok("mysql.sync_binlog", "mysql")));
    }

    [Fact]
    public void What_takes_another_command_to_heal_is_told_again_after_a_while()
    {
        Verdict absent = Failed("connect.connector", "orders-cdc") with { Fix = "Run `aspire resource orders-cdc configure`." };
        Verdict paused = absent with { Fix = "Run `aspire resource orders-cdc resume`." };
        Assert.Equal(["connect.connector"], At(0, absent));
        Assert.Empty(At(4, paused));
        Assert.Equal(["connect.connector"], At(10, paused));
        Assert.Empty(At(20, paused));
        Assert.Empty(At(30, paused with { Fix = "Wait." }));
    }

    private IEnumerable<string> At(int seconds, params Verdict[] verdicts) =>
        _news.Of(new() { At = Start.AddSeconds(seconds), Lab = "test", Since = Start, Machine = "test", Checks = verdicts }).Select(v => v.Id);

    private static Verdict Failed(string id, string resource, string? causedBy = null) => Ok(id, resource) with { Outcome = Outcome.Failed, CausedBy = causedBy };

    private static Verdict Ok(string id, string resource) => new() { Id = id, Resource = resource, Outcome = Outcome.Ok, Expected = "" };
}
