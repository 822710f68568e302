using CdcLab.AppHost.Drills;
using CdcLab.Model.Drills;

namespace CdcLab.Tests.Model.Drills;

[Trait("tier", "model")]
public sealed class PredictionTests
{
    [Theory]
    // Two thirds of the session, in which the last heartbeat lies, or the lag, whatever is shorter; to the session, a tick and the election.
    [InlineData(6, 2, 10, 4, 11)]
    [InlineData(18, 3, 10, 10, 24)]
    [InlineData(6, 2, 4, 4, 11)]
    public void A_broker_that_is_gone_without_a_word_holds_writes_up_for_its_session(int session, int tick, int lag, double from, double to)
    {
        Prediction prediction = Leader("leader-killed").Predict(Settings(session, tick, lag));

        Assert.Equal((TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to)), (prediction.From, prediction.To));
        Assert.Contains($"{session} s", prediction.Because, StringComparison.Ordinal);
        Assert.Contains("Local_Transport (-195)", prediction.Errors);
    }

    [Fact]
    public void Every_drill_predicts_a_time_that_can_be_and_says_why() => Assert.All(AllDrills.InOrder, drill =>
    {
        Prediction prediction = drill.Predict(Settings(6, 2, 10));
        Assert.InRange(prediction.From, TimeSpan.Zero, prediction.To);
        Assert.True(prediction.To > TimeSpan.Zero);
        Assert.NotEmpty(prediction.Because);
    });

    [Fact]
    public void Only_where_two_may_be_missing_writes_are_refused() => Assert.Equal(
        ["two-brokers-killed", "zookeeper-paused"],
        AllDrills.InOrder.Where(d => d.Predict(Settings(6, 2, 10)).Errors.Contains("NotEnoughReplicas (19)")).Select(d => d.Name));

    [Fact]
    public void On_the_legacy_Kafka_there_are_three_drills_of_it_and_those_of_MySQL() => Assert.Equal(
        ["control", "leader-stopped", "leader-killed", "mysql-killed", "mysql-paused"], AllDrills.InOrder.Where(d => d.IsForLegacy).Select(d => d.Name));

    private static Drill Leader(string name) => AllDrills.InOrder.Single(d => d.Name == name);

    private static DrillSettings Settings(int session, int tick, int lag) => new(TimeSpan.FromSeconds(session), TimeSpan.FromSeconds(tick), TimeSpan.FromSeconds(lag));
}
