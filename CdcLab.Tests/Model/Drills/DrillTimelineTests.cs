using CdcLab.Model.Drills;
using CdcLab.Verifier.Drills;

namespace CdcLab.Tests.Model.Drills;

[Trait("tier", "model")]
public sealed class DrillTimelineTests
{
    private static readonly DrillMoment Fault = new(DrillMoment.Fault, 10), Healed = new(DrillMoment.Healed, 30);

    [Fact]
    public void A_leader_that_was_killed_is_told_step_by_step()
    {
        DrillCluster[] cluster =
        [
            new(0.1, 3, [1, 2], [3, 3]),
            new(16.5, 3, [2, 2], [2, 2]),
            new(33, 3, [2, 2], [3, 3]),
            new(40, 3, [1, 2], [3, 3]),
        ];
        (double, double?)[] waits = [(9, 9.01), (10.1, 16.9), (10.2, 17), (11, null), (20, 20.01)];

        Assert.Equal(
            [
                (DrillMoment.Fault, 10), (DrillMoment.FirstMissed, 10.1), (DrillMoment.OutOfIsr, 16.5), (DrillMoment.LeaderElected, 16.5), (DrillMoment.FirstAfter, 16.9),
                (DrillMoment.Healed, 30), (DrillMoment.IsrWhole, 33), (DrillMoment.LeadersBack, 40),
            ],
            DrillTimeline.Moments([Fault, Healed], waits, cluster, [1, 2], replicas: 3).Select(m => (m.What, m.Seconds)));
    }

    [Fact]
    public void What_waited_already_at_the_fault_counts_from_the_fault()
    {
        (double, double?)[] waits = [(3, 5), (7, 10.002), (9, 13), (12, 12.5), (14, null)];

        Assert.Equal([(10, 10.002 - 10), (10, 3), (12, 0.5), (14, 26)], DrillTimeline.Waits([Fault], waits, 40));
        Assert.Equal([(3, 2), (7, 10.002 - 7), (9, 4), (12, 0.5), (14, 26)], DrillTimeline.Waits([], waits.Prepend((1, 9)), 40));
        Assert.Equal(
            [(DrillMoment.Fault, 10), (DrillMoment.FirstMissed, 10), (DrillMoment.FirstAfter, 13)],
            DrillTimeline.Moments([Fault], waits, [], [], replicas: 3).Select(m => (m.What, m.Seconds)));
    }

    [Fact]
    public void What_did_not_happen_has_no_moment() => Assert.Equal(
        [DrillMoment.Fault],
        DrillTimeline.Moments([Fault], [(11, 11.02)], [new(0.1, 1, [1], [3])], [1], replicas: 3).Select(m => m.What));

    [Fact]
    public void What_goes_back_and_forth_is_whole_when_it_stays_so()
    {
        DrillCluster[] cluster = [new(0, 1, [1], [3]), new(12, 2, [1], [2]), new(13, 2, [1], [3]), new(14, 2, [1], [2]), new(31, 2, [1], [3])];
        IReadOnlyList<DrillMoment> moments = DrillTimeline.Moments([Fault, Healed], [], cluster, [1], replicas: 3);

        Assert.Equal(31, moments.Single(m => m.What == DrillMoment.IsrWhole).Seconds);
        Assert.Equal(12, moments.Single(m => m.What == DrillMoment.ControllerElected).Seconds);
    }

    [Fact]
    public void Without_a_fault_there_is_nothing_to_find() => Assert.Empty(DrillTimeline.Moments([], [(1, 9)], [], [1], replicas: 3));
}
