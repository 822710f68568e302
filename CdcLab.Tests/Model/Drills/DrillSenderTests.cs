using CdcLab.Verifier.Drills;
using Confluent.Kafka;

namespace CdcLab.Tests.Model.Drills;

[Trait("tier", "model")]
public sealed class DrillSenderTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(7)]
    [InlineData(3_333)]
    public void Schedule_keeps_its_rate_for_hours_whatever_the_rate(int perSecond)
    {
        const long First = 1_000;
        Assert.Equal(First, DrillSender.Due(First, 0, perSecond));
        Assert.Equal(First + (3_600 * Stopwatch.Frequency), DrillSender.Due(First, 3_600L * perSecond, perSecond));
        Assert.All(Enumerable.Range(1, 1_000), turn => Assert.InRange(
            DrillSender.Due(First, turn, perSecond) - DrillSender.Due(First, turn - 1, perSecond), Stopwatch.Frequency / perSecond, (Stopwatch.Frequency / perSecond) + 1));
    }

    [Theory]
    [InlineData(PersistenceStatus.Persisted, DrillOutcome.Acknowledged)]
    [InlineData(PersistenceStatus.NotPersisted, DrillOutcome.Refused)]
    [InlineData(PersistenceStatus.PossiblyPersisted, DrillOutcome.Unknown)]
    public void What_is_not_certain_is_unknown(PersistenceStatus status, object outcome) => Assert.Equal(outcome, DrillSender.Meaning(status));

    [Fact]
    public void Messages_of_a_key_go_one_by_one_in_their_order_and_those_of_others_do_not_wait()
    {
        OneByOne order = new(keys: 3);

        Assert.True(order.Enter(0));
        Assert.True(order.Enter(1));
        Assert.False(order.Enter(3));
        Assert.False(order.Enter(6));
        Assert.Equal(3, order.Leave(0));
        Assert.Equal(6, order.Leave(3));
        Assert.Null(order.Leave(6));
        Assert.True(order.Enter(9));
        Assert.Null(order.Leave(1));
    }
}
