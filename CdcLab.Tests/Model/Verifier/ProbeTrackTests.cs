using CdcLab.Verifier.Probes;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class ProbeTrackTests
{
    private readonly ProbeTrack _track = New();

    [Fact]
    public void Latency_is_completion_minus_intended_send()
    {
        long number = _track.Intend(At(10));

        Assert.Equal(TimeSpan.FromMilliseconds(250), _track.Acknowledged(number, 0, 0, At(10.25)));
        Assert.Equal(TimeSpan.FromMilliseconds(500), _track.Consumed(number, 0, 0, At(10.5)));
        (LatencyFigures toAck, LatencyFigures toConsume) = _track.Latest(At(11));
        Assert.Equal((1, 250), (toAck.Count, toAck.P99Milliseconds));
        Assert.Equal((1, 500), (toConsume.Count, toConsume.MaxMilliseconds));
    }

    [Fact]
    public void Five_outcomes_are_told_apart()
    {
        long seen = Sent(0, partition: 0, offset: 0, acknowledged: 0.1);
        long late = Sent(1, 0, 1, 1.1);
        long duplicate = Sent(2, 0, 2, 2.1);
        _track.Intend(At(3));
        Sent(4, partition: 1, offset: 7, acknowledged: 4.1); // lost: its place is passed over

        _track.Consumed(seen, 0, 0, At(0.1));
        _track.Consumed(late, 0, 1, At(3.5));
        _track.Consumed(duplicate, 0, 2, At(3.6));
        _track.Consumed(duplicate, 0, 3, At(3.7));
        _track.Consumed(null, 1, 8, At(4.2));
        _track.Sweep(At(200));

        Assert.Equal(new ProbeCounts(Seen: 2, Late: 1, Duplicates: 1, Unknown: 2, Lost: 0), _track.Counts);
    }

    [Fact]
    public void Acknowledged_message_whose_place_was_read_past_is_lost_once_and_for_all()
    {
        Sent(0, partition: 1, offset: 7, acknowledged: 0.1);
        _track.Consumed(null, partition: 1, offset: 7, At(0.2)); // another message stands in its place, nothing behind it was read yet
        _track.Sweep(At(0.3));
        Assert.Equal(0, _track.Counts.Lost);

        _track.Consumed(null, partition: 1, offset: 8, At(0.4));
        _track.Sweep(At(0.5));
        _track.Sweep(At(0.6));
        _track.Sweep(At(300));

        Assert.Equal((1, 0), (_track.Counts.Lost, _track.Counts.Unknown));
    }

    [Fact]
    public void What_was_acknowledged_and_read_is_lost_when_a_new_leader_gives_its_offset_to_another()
    {
        for (int number = 0; number < 4; number++)
            _track.Consumed(Sent(number, partition: 1, offset: 5 + number, acknowledged: number + 0.1), 1, 5 + number, At(number + 0.2));
        Sent(4, partition: 2, offset: 6, acknowledged: 4.1); // another partition

        Sent(5, partition: 1, offset: 7, acknowledged: 5.1);
        Sent(6, partition: 1, offset: 8, acknowledged: 6.1);

        Assert.Equal(2, _track.Counts.Lost); // those that had offsets 7 and 8
    }

    [Fact]
    public void Messages_that_were_under_way_together_may_be_acknowledged_in_any_order()
    {
        long first = _track.Intend(At(0)), second = _track.Intend(At(0.25));
        _track.Acknowledged(second, 1, 11, At(0.5));
        _track.Acknowledged(first, 1, 10, At(0.6));
        _track.Acknowledged(_track.Intend(At(0.3)), 1, 11, At(0.7)); // a copy of the second: the first try was acknowledged too

        Assert.Equal(0, _track.Counts.Lost);
    }

    [Fact]
    public void Message_that_was_read_before_its_acknowledgement_came_is_not_lost()
    {
        long number = _track.Intend(At(0));
        _track.Consumed(number, 0, 7, At(0.1));
        _track.Consumed(null, 0, 9, At(0.2));
        _track.Acknowledged(number, 0, 7, At(0.3));
        _track.Sweep(At(0.4));

        Assert.Equal((1, 0), (_track.Counts.Seen, _track.Counts.Lost));
    }

    [Fact]
    public void Message_under_way_counts_as_old_as_it_is_once_that_is_too_old()
    {
        _track.Intend(At(0));

        Assert.Equal(0, _track.Latest(At(1.9)).ToAck.Count);
        Assert.Equal((1, 5000), (_track.Latest(At(5)).ToAck.Count, _track.Latest(At(5)).ToConsume.P99Milliseconds));
    }

    [Fact]
    public void Refused_message_counts_as_too_late_at_once()
    {
        long number = _track.Intend(At(0));
        _track.GivenUp(number, At(0.001));

        LatencyFigures toAck = _track.Latest(At(0.002)).ToAck;
        Assert.True(toAck.MaxMilliseconds > 2000, $"{toAck}");
    }

    [Fact]
    public void Outage_leaves_the_window_fifteen_seconds_after_the_last_slow_probe_was_due()
    {
        // 500 ms apart; what was due in the first 6 s is answered at 8 s.
        int sent = 0;
        LatencyFigures Seen(double now)
        {
            for (; sent * 0.5 < now; sent++)
                Sent(sent * 0.5, 0, sent, sent * 0.5 < 6 ? 8 : (sent * 0.5) + 0.005);
            return _track.Latest(At(now)).ToAck;
        }

        Assert.Equal(8000, Seen(14.9).MaxMilliseconds);
        Assert.True(Seen(20.4).P99Milliseconds > 2000);
        Assert.True(Seen(20.6) is { Count: 30, P99Milliseconds: <= 2000 }, $"{Seen(20.6)}");
    }

    [Fact]
    public void Silence_is_counted_from_the_last_answer_and_at_the_beginning_five_seconds_later()
    {
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), _track.Silence(At(100)));
        for (int i = 0; i <= 40; i++)
            _track.Intend(At(i * 0.5));
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15)), _track.Silence(At(20)));

        _track.Acknowledged(3, 0, 0, At(16));

        Assert.Equal((TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15)), _track.Silence(At(20)));
    }

    [Fact]
    public void Verifier_that_was_paused_says_nothing_about_the_cluster()
    {
        for (int i = 0; i < 40; i++)
            Sent(i * 0.5, 0, i, (i * 0.5) + 0.01);
        long underWay = _track.Intend(At(20));
        Assert.Null(_track.Silence(At(50)));

        _track.Acknowledged(underWay, 0, 40, At(50));
        _track.Slept(At(20), At(50));
        _track.Intend(At(50));

        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)), _track.Silence(At(51)));
        Assert.Equal(0, _track.Latest(At(51)).ToAck.Count);
    }

    [Fact]
    public void Message_whose_topic_is_gone_says_nothing_about_the_cluster()
    {
        _track.GivenUp(_track.Intend(At(0)), At(0.1), topicIsGone: true);

        Assert.Equal(0, _track.Latest(At(5)).ToAck.Count);
        Assert.Equal(0, _track.Longer(At(5))[0].Count);
    }

    [Theory]
    [InlineData(0.25, 2, 15)]
    [InlineData(1, 2, 30)]
    [InlineData(0.25, 30, 60)]
    public void Window_is_long_enough_for_thirty_messages_and_for_twice_the_highest_latency(double interval, double maxLatency, double window) =>
        Assert.Equal(TimeSpan.FromSeconds(window), ProbeTrack.WindowOf(TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(maxLatency)));

    [Fact]
    public void Ninety_ninth_percentile_of_a_short_window_is_its_longest()
    {
        for (int i = 0; i < 60; i++)
            Sent(i * 0.1, 0, i, (i * 0.1) + (i == 30 ? 1.5 : 0.001));

        LatencyFigures figures = _track.Latest(At(6)).ToAck;
        Assert.Equal((60, 1500, 1), (figures.Count, figures.P99Milliseconds, figures.P50Milliseconds));
    }

    [Fact]
    public void Longer_windows_keep_an_outage_that_the_short_one_has_forgotten_until_they_pass_too()
    {
        long number = _track.Intend(At(0));
        _track.GivenUp(number, At(30));
        for (int second = 31; second < 1000; second++)
            Sent(second, 0, second, second + 0.002);

        IReadOnlyList<LatencyFigures> soon = _track.Longer(At(299));
        IReadOnlyList<LatencyFigures> later = _track.Longer(At(1000));

        Assert.All(soon, f => Assert.Equal(TimeSpan.FromSeconds(299), f.Window));
        Assert.Equal(TimeSpan.FromMinutes(5), later[0].Window);
        Assert.InRange(later[0].MaxMilliseconds!.Value, 1.9, 2.1);
        Assert.InRange(later[2].MaxMilliseconds!.Value, 29_000, 31_000);
        Assert.InRange(later[0].Count, 300, 361);
        Assert.Equal(970, later[2].Count);
    }

    [Fact]
    public void Memory_is_bounded_and_what_is_forgotten_is_unknown()
    {
        for (int i = 0; i < 100_000; i++)
            _track.Intend(At(i * 0.0001));
        _track.Sweep(At(1000));

        Assert.Equal(100_000, _track.Counts.Unknown);
        Assert.Null(_track.Acknowledged(5, 0, 0, At(1000)));
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        Sent(0, 0, 0, 0.1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i < 1000; i++)
            Sent(i, 0, i, i + 0.1);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Property]
    public void Every_message_has_exactly_one_outcome(byte[] story)
    {
        ProbeTrack track = New();
        int sent = 0;
        foreach (byte what in story)
        {
            long now = At(sent);
            long number = track.Intend(now);
            if ((what & 1) != 0)
                track.Acknowledged(number, 0, sent, now + 1);
            else if ((what & 8) != 0)
                track.GivenUp(number, now + 1);
            if ((what & 2) != 0)
                track.Consumed(number, 0, sent, now + 2);
            if ((what & 4) != 0)
                track.Sweep(now + 3);
            sent++;
        }

        track.Sweep(At(sent + 1000));
        ProbeCounts counts = track.Counts;
        Assert.Equal(sent, counts.Seen + counts.Late + counts.Unknown + counts.Lost);
        Assert.Equal(0, counts.Duplicates);
    }

    private static ProbeTrack New() => new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(2), partitions: 3, started: 1);

    private static long At(double seconds) => 1 + (long)(seconds * Stopwatch.Frequency);

    private long Sent(double due, int partition, long offset, double acknowledged)
    {
        long number = _track.Intend(At(due));
        _track.Acknowledged(number, partition, offset, At(acknowledged));
        return number;
    }
}
