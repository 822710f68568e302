using CdcLab.Model.Drills;
using CdcLab.Verifier.Drills;

namespace CdcLab.Tests.Model.Drills;

[Trait("tier", "model")]
public sealed class DrillOracleTests
{
    private const DrillOutcome A = DrillOutcome.Acknowledged, R = DrillOutcome.Refused, U = DrillOutcome.Unknown, P = DrillOutcome.Pending;

    [Fact]
    public void What_was_acknowledged_and_is_there_once_in_order_is_well() =>
        Assert.Empty(Judge([A, A, A], [0, 1, 2]).Faults());

    [Fact]
    public void An_acknowledged_message_that_is_not_there_is_named()
    {
        ProducerResult result = Judge([A, A, A, A], [0, 2]);

        Assert.Equal((2, 4), (result.Lost, result.Acknowledged));
        Assert.Equal([1, 3], result.LostNumbers);
        Assert.Contains("2 of 4 acknowledged messages of it are lost: 1, 3", result.Faults());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void A_message_that_is_there_twice_is_counted_and_a_fault_of_an_idempotent_producer_alone(bool isIdempotent, int faults)
    {
        ProducerResult result = Judge([A, A], [0, 0, 1, 1, 1], isIdempotent);

        Assert.Equal(3, result.Duplicates);
        Assert.Equal(faults, result.Faults().Count);
    }

    [Fact]
    public void A_first_copy_behind_a_later_message_of_its_key_is_out_of_order_and_a_second_copy_is_not()
    {
        // Keys of two: even and odd numbers.
        Assert.Equal(0, Judge([A, A, A, A], [1, 0, 3, 2]).OutOfOrder);
        Assert.Equal(1, Judge([A, A, A, A], [2, 0, 1, 3]).OutOfOrder);
        Assert.Equal(0, Judge([A, A, A, A], [0, 2, 0, 1, 3]).OutOfOrder);
    }

    [Fact]
    public void One_that_was_given_up_may_come_late() => Assert.Equal(0, Judge([U, A, A, A], [2, 0, 1, 3]).OutOfOrder);

    [Fact]
    public void What_was_refused_must_be_absent_and_what_is_unknown_may_be_there()
    {
        ProducerResult result = Judge([A, R, R, U, U, P], [0, 1, 3]);

        Assert.Equal((1, 2, 3, 1, 1), (result.Acknowledged, result.Refused, result.Unknown, result.UnknownArrived, result.RefusedArrived));
        Assert.Equal("1 message of it there although refused", Assert.Single(result.Faults()));
    }

    [Fact]
    public void A_run_in_which_nothing_was_acknowledged_proves_nothing() =>
        Assert.Equal("nothing of it was acknowledged: nothing is proven", Assert.Single(Judge([R, U], []).Faults()));

    private static ProducerResult Judge(DrillOutcome[] outcomes, int[] read, bool isIdempotent = true) => DrillOracle.Judge(
        "it",
        isIdempotent,
        [.. outcomes.Select(o => new DrillMessage(0, 1, o))],
        read.Select((number, offset) => new DrillRecord(0, number, number % 2, number % 2, offset)));
}
