using CdcLab.Clients.Market;
using CdcLab.Verifier.Cdc;
using CdcLab.Verifier.Checks;
using FsCheck;
using FsCheck.Fluent;

namespace CdcLab.Tests.Model.Verifier.Cdc;

/// <summary>The oracle of cdc.complete and cdc.values, and that it can fail.</summary>
[Trait("tier", "model")]
public sealed class ChangeTrackTests
{
    private static readonly DateTime Start = new(2026, 11, 30, 3, 0, 0, DateTimeKind.Utc);

    private readonly ChangeTrack _track = new(Start) { Partitions = 1 };

    [Fact]
    public void A_commit_and_its_event_match_in_either_order()
    {
        _track.Take(Insert(1, 1));
        _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(1.05));
        _track.Take(Event(ChangeKind.Insert, 2, 2), 0, At(2.02));
        _track.Take(Insert(2, 2));

        ChangeState state = _track.Look(At(3));

        Assert.Equal((2, 0, 0, 0, 0), (state.Counts.Matched, state.Counts.Missing, state.Counts.Faults, state.Waiting, state.Counts.Duplicates));
        Assert.Equal(50, state.ToConsumer.MaxMilliseconds!.Value, 3);
    }

    [Fact]
    public void A_topic_that_began_anew_is_told_until_a_snapshot_has_sent_its_rows_again()
    {
        _track.WentBack("lab.cdclab.orders", At(1));
        Assert.StartsWith("lab.cdclab.orders began anew", _track.Look(At(2)).Counts.BeganAnew, StringComparison.Ordinal);
        _track.Take(Event(ChangeKind.Snapshot, 1, 2) with { SourceAt = At(5), IsLastOfSnapshot = true }, 0, At(6));
        Assert.Null(_track.Look(At(20)).Counts.BeganAnew);
    }

    [Fact]
    public void A_commit_before_the_beginning_is_not_waited_for_whenever_its_line_is_written()
    {
        _track.Take(Insert(1, -0.01));
        _track.Take(Insert(2, 30));
        _track.Take(Event(ChangeKind.Insert, 2, 30), 0, At(30));

        ChangeState state = _track.Look(At(31));

        Assert.Equal((1, 0, 0), (state.Counts.Matched, state.Counts.Missing, state.Waiting));
    }

    [Fact]
    public void What_comes_again_is_counted_and_is_no_fault()
    {
        _track.Take(Insert(1, 1));
        for (int i = 0; i < 3; i++)
            _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(1.05));

        ChangeState state = _track.Look(At(3));

        Assert.Equal((1, 2, 0), (state.Counts.Matched, state.Counts.Duplicates, state.Counts.OutOfOrder));
    }

    [Fact]
    public void What_comes_again_with_other_values_is_a_fault_and_its_order_is_compared_with_its_row()
    {
        _track.Take(Insert(1, 1));
        _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(1.05));
        ChangeEvent other = Event(ChangeKind.Insert, 1, 1);
        _track.Take(other with { Order = other.Order! with { Price = 1 } }, 0, At(2));

        Assert.Equal((1, 1), (_track.Look(At(3)).Counts.Duplicates, _track.Look(At(3)).Counts.Faults));
        Assert.Equal([1L], _track.Sample(1, At(3)));
        Assert.True(_track.TryLast(1, out OrderRow? row) && row!.Price == 1);
    }

    [Fact]
    public void What_no_commit_explains_is_compared_first()
    {
        for (int id = 1; id <= 500; id++)
        {
            _track.Take(Insert(id, 1));
            _track.Take(Event(ChangeKind.Insert, id, 1), 0, At(1));
        }

        _track.Take(Event(ChangeKind.Update, 77, 2, "CANCELLED"), 0, At(2));
        ExecutionRow execution = new(9, 77, 5, 100, At(2));
        _track.Take(new ChangeEvent(ChangeKind.Insert, IsOrder: false, 9, null, execution, Before: false, At(2), At(2)), 0, At(2));

        Assert.DoesNotContain(77L, _track.Sample(0, At(2)));
        Assert.Equal([77L], _track.Sample(1, At(3)));
        Assert.Equal([execution], _track.Unexplained(5, At(3)));
        Assert.Empty(_track.Unexplained(5, At(2)));
    }

    [Fact]
    public void An_event_from_the_future_makes_nothing_missing()
    {
        _track.Take(Insert(1, 1));
        _track.Take(Event(ChangeKind.Insert, 2, 90_000), 0, At(2));

        Assert.Equal((0, 1), (_track.Look(At(3)).Counts.Missing, _track.Look(At(3)).Waiting));
    }

    [Fact]
    public void A_row_that_no_snapshot_has_sent_is_forgotten_with_it()
    {
        _track.Take(Event(ChangeKind.Insert, 900, 1), 0, At(1));
        _track.Take(Event(ChangeKind.Snapshot, 1, 2) with { SourceAt = At(5), IsLastOfSnapshot = true }, 0, At(6));
        _track.Look(At(12));

        Assert.False(_track.TryLast(900, out _));
        Assert.True(_track.TryLast(1, out _));
    }

    [Fact]
    public void A_commit_is_missing_when_its_partition_has_gone_on_and_not_before()
    {
        _track.Take(Insert(1, 1));
        _track.Take(Insert(2, 11));
        _track.Take(Event(ChangeKind.Insert, 2, 11), 0, At(11.1));
        Assert.Equal(0, _track.Look(At(12)).Counts.Missing);
        _track.Take(Insert(3, 11.1));
        _track.Take(Event(ChangeKind.Insert, 3, 11.1), 0, At(11.2));

        ChangeState state = _track.Look(At(12));

        Assert.Equal(1, state.Counts.Missing);
        Assert.Equal((true, 1, At(1)), Assert.Single(state.Missing));
        _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(13));
        Assert.Equal((0, 1), (_track.Look(At(13)).Counts.Missing, _track.Look(At(13)).Counts.Late));
    }

    [Fact]
    public void A_partition_that_stands_still_says_nothing_of_what_it_has_not_sent()
    {
        _track.Partitions = 2;
        long other = Enumerable.Range(2, 100).First(id => ChangePartitioner.Of(true, id, 2) != ChangePartitioner.Of(true, 1, 2));
        _track.Take(Insert(1, 1));
        _track.Take(Insert(other, 60));
        _track.Take(Event(ChangeKind.Insert, other, 60), ChangePartitioner.Of(true, other, 2), At(60.1));

        Assert.Equal(0, _track.Look(At(61)).Counts.Missing);
    }

    [Fact]
    public void A_snapshot_stands_for_what_was_committed_before_it()
    {
        _track.Take(Insert(1, 1));
        _track.Take(Entry(LedgerKind.Cancel, 1, 2) with { Status = "CANCELLED" });
        _track.Take(Insert(2, 3));
        _track.Take(Entry(LedgerKind.Purge, 0, 4) with { OrderIds = [2] });
        _track.Take(Event(ChangeKind.Snapshot, 1, 2, "CANCELLED") with { SourceAt = At(5), IsLastOfSnapshot = true }, 0, At(6));

        Assert.NotEqual(0, _track.Look(At(7)).Waiting);
        ChangeState state = _track.Look(At(12));

        Assert.Equal((0, 0, 1), (state.Waiting, state.Counts.Missing, state.Counts.SnapshotRows));
    }

    [Fact]
    public void A_new_snapshot_answers_for_what_was_missing()
    {
        _track.Take(Insert(1, 1));
        _track.Take(Insert(2, 30));
        _track.Take(Event(ChangeKind.Insert, 2, 30), 0, At(30));
        Assert.Equal(1, _track.Look(At(31)).Counts.Missing);

        _track.Take(Event(ChangeKind.Snapshot, 1, 1) with { SourceAt = At(40) }, 0, At(41));
        _track.Take(Event(ChangeKind.Snapshot, 2, 30) with { SourceAt = At(40), IsLastOfSnapshot = true }, 0, At(41));

        Assert.Equal(0, _track.Look(At(42)).Counts.Missing);
    }

    [Fact]
    public void A_snapshot_that_leaves_a_row_out_does_not_answer_for_it()
    {
        _track.Take(Insert(1, 1));
        _track.Take(Insert(2, 3));
        _track.Take(Insert(3, 38));
        _track.Take(Event(ChangeKind.Snapshot, 2, 3) with { SourceAt = At(40), IsLastOfSnapshot = true }, 0, At(41));
        // Of another partition, after the last one.
        _track.Take(Event(ChangeKind.Snapshot, 4, 4) with { SourceAt = At(40) }, 0, At(42));

        ChangeState state = _track.Look(At(48));
        Assert.Equal((1, 1), (state.Counts.Missing, state.Waiting));
        Assert.Equal(1, Assert.Single(state.Missing).OrderId);

        _track.Take(Event(ChangeKind.Snapshot, 3, 38) with { SourceAt = At(60) }, 0, At(61));
        _track.Take(Event(ChangeKind.Snapshot, 1, 1) with { SourceAt = At(60), IsLastOfSnapshot = true }, 0, At(61));
        Assert.Equal(0, _track.Look(At(67)).Counts.Missing);
    }

    [Fact]
    public void An_event_that_came_long_before_its_line_is_not_waited_for()
    {
        _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(1));
        Assert.Equal(1, _track.Look(At(40)).Counts.Foreign);
        _track.Take(Insert(1, 1));

        Assert.Equal(0, _track.Look(At(41)).Waiting);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("quantity")]
    [InlineData("price")]
    [InlineData("status")]
    [InlineData("symbol")]
    public void An_event_with_another_value_than_the_commit_s_is_named(string column)
    {
        OrderRow right = Event(ChangeKind.Insert, 1, 1).Order!;
        OrderRow wrong = column switch
        {
            "user" => right with { UserId = 8 },
            "quantity" => right with { Quantity = 8 },
            "price" => right with { Price = 100.01m },
            "status" => right with { Status = "FILLED" },
            _ => right with { Symbol = "X" },
        };
        _track.Take(Insert(1, 1));
        _track.Take(Event(ChangeKind.Insert, 1, 1) with { Order = wrong }, 0, At(1));

        ChangeState state = _track.Look(At(2));

        Assert.Equal(1, state.Counts.Faults);
        Assert.Equal($"order 1: its {column} is not what was committed", state.Counts.LastFault);
    }

    [Fact]
    public void A_delete_without_a_tombstone_and_an_update_without_its_row_before_are_named()
    {
        _track.Take(Event(ChangeKind.Delete, 1, 1) with { Before = true }, 0, At(1));
        Assert.Equal(0, _track.Look(At(2)).Counts.Faults);
        Assert.Equal("no tombstone followed the DELETE of order 1", _track.Look(At(7)).Counts.LastFault);
        _track.Take(Event(ChangeKind.Update, 2, 8) with { Before = false }, 0, At(8));
        Assert.Equal("an UPDATE of order 2 came without the row before it", _track.Look(At(9)).Counts.LastFault);
    }

    [Theory]
    [InlineData("price", "order 1: what the market never changes is not what was committed")]
    [InlineData("before", "the row before an UPDATE of order 1 is not that of its last event")]
    public void An_update_has_the_whole_row_before_and_after_it(string wrong, string told)
    {
        OrderRow before = Event(ChangeKind.Insert, 1, 1).Order!, after = before with { Status = "CANCELLED", UpdatedAt = At(2) };
        _track.Take(Insert(1, 1));
        _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(1));
        _track.Take(Entry(LedgerKind.Cancel, 1, 2) with { Status = "CANCELLED" });
        ChangeEvent right = Event(ChangeKind.Update, 1, 2) with { Order = after, OrderBefore = before };
        OrderRow other = before with { Status = "PARTIAL" };
        _track.Take(wrong == "price" ? right with { Order = after with { Price = 1 } } : right with { OrderBefore = other }, 0, At(2));
        Assert.Equal(told, _track.Look(At(3)).Counts.LastFault);

        // Again, and that is no fault.
        _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(3));
        _track.Take(right, 0, At(3));
        Assert.Equal(1, _track.Look(At(4)).Counts.Faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_purged_execution_is_waited_for_too(bool comes)
    {
        _track.Take(Entry(LedgerKind.Execute, 1, 1) with { ExecutionId = 9, Status = "FILLED", Quantity = 5, Price = 100 });
        _track.Take(Event(ChangeKind.Update, 1, 1, "FILLED"), 0, At(1));
        ChangeEvent execution = new(ChangeKind.Insert, IsOrder: false, 9, null, new ExecutionRow(9, 1, 5, 100, At(1)), Before: false, At(1), At(1));
        _track.Take(execution, 0, At(1));
        _track.Take(Entry(LedgerKind.Purge, 0, 4) with { OrderIds = [1] });
        _track.Take(Event(ChangeKind.Delete, 1, 4) with { Before = true }, 0, At(4));
        if (comes)
            _track.Take(execution with { Kind = ChangeKind.Delete, Before = true }, 0, At(4));
        _track.Take(execution with { Id = 10, Execution = new ExecutionRow(10, 2, 5, 100, At(30)) }, 0, At(30));
        _track.Take(Event(ChangeKind.Insert, 3, 30), 0, At(30));

        Assert.Equal(comes ? 0 : 1, _track.Look(At(31)).Counts.Missing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_purge_and_its_events_match_in_either_order(bool eventFirst)
    {
        LedgerEntry purge = Entry(LedgerKind.Purge, 0, 4) with { OrderIds = [2] };
        if (!eventFirst)
            _track.Take(purge);
        _track.Take(Event(ChangeKind.Delete, 2, 4) with { Before = true }, 0, At(4.1));
        _track.Take(new ChangeEvent(ChangeKind.Tombstone, IsOrder: true, 2, null, null, Before: false, null, null), 0, At(4.1));
        if (eventFirst)
            _track.Take(purge);
        _track.Take(Insert(3, 30));
        _track.Take(Event(ChangeKind.Insert, 3, 30), 0, At(30));

        ChangeState state = _track.Look(At(31));

        Assert.Equal((0, 0, 0), (state.Waiting, state.Counts.Missing, state.Counts.Faults));
    }

    [Fact]
    public void A_change_before_an_earlier_one_of_its_order_is_out_of_order()
    {
        _track.Take(Insert(1, 1));
        _track.Take(Entry(LedgerKind.Cancel, 1, 2) with { Status = "CANCELLED" });
        _track.Take(Event(ChangeKind.Update, 1, 2, "CANCELLED"), 0, At(2));
        _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(3));

        Assert.Equal(1, _track.Look(At(4)).Counts.OutOfOrder);

        _track.Take(Event(ChangeKind.Snapshot, 1, 2, "CANCELLED") with { SourceAt = At(5), IsLastOfSnapshot = true }, 0, At(6));
        Assert.Equal(0, _track.Look(At(12)).Counts.OutOfOrder);
        // A line that is read late.
        _track.Take(Insert(2, 4));
        Assert.Equal(0, _track.Look(At(13)).Waiting);
    }

    [Fact]
    public void Changes_of_others_are_counted_and_do_not_stay_in_memory()
    {
        _track.Take(Event(ChangeKind.Insert, 1, 1), 0, At(1));

        Assert.Equal(0, _track.Look(At(30)).Counts.Foreign);
        Assert.Equal(1, _track.Look(At(32)).Counts.Foreign);
    }

    [Fact]
    public void The_ledger_waits_when_there_is_much_to_wait_for()
    {
        ChangeTrack small = new(Start, mostWaiting: 2);
        small.Take(Insert(1, 1));
        Assert.False(small.IsFull);
        small.Take(Insert(2, 1));
        Assert.True(small.IsFull);
    }

    [Fact]
    public void Whatever_is_left_out_is_missing_and_nothing_else() => Prop.ForAll(
        Gen.Choose(0, 1 << 20).ToArbitrary(),
        seed =>
        {
            Random random = new(seed);
            ChangeTrack track = new(Start) { Partitions = 1 };
            HashSet<long> left = [];
            for (long id = 1; id <= 60; id++)
            {
                track.Take(Insert(id, id));
                if (id < 40 && random.Next(5) == 0)
                    left.Add(id);
                else
                    track.Take(Event(ChangeKind.Insert, id, id), 0, At(id));
            }

            ChangeState state = track.Look(At(61));
            Assert.Equal(left.Order(), state.Missing.Select(m => m.OrderId));
            Assert.Equal(60 - left.Count, state.Counts.Matched);
        }).QuickCheckThrowOnFailure();

    private static DateTime At(double seconds) => Start.AddMilliseconds(Math.Round(seconds * 1000));

    private static LedgerEntry Entry(LedgerKind kind, long id, double seconds) => new() { Kind = kind, At = At(seconds), OrderId = id };

    private static LedgerEntry Insert(long id, double seconds) =>
        Entry(LedgerKind.Insert, id, seconds) with { UserId = 7, Symbol = "005930", OrderType = "BUY", Quantity = 5, Price = 100, Status = "PENDING" };

    private static ChangeEvent Event(ChangeKind kind, long id, double seconds, string status = "PENDING") => new(
        kind, IsOrder: true, id, new OrderRow(id, 7, "005930", "BUY", 5, 100, status, At(kind == ChangeKind.Insert ? seconds : 1), At(seconds)), null, Before: kind == ChangeKind.Update, At(seconds), At(seconds));
}
