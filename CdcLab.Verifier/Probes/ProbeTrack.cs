using System.Numerics;
using HdrHistogram;

namespace CdcLab.Verifier.Probes;

/// <summary>Follows each probe message from its intended time to its acknowledgement and its arrival at the consumer: one monotonic clock.</summary>
/// <remarks>Memory is bounded (a ring) and recording allocates nothing. Times are <see cref="Stopwatch"/> timestamps, given by the caller: what is
/// measured is completion minus *intended* time, so that a probe that could not be sent in time counts for as long as it was due.</remarks>
internal sealed class ProbeTrack(TimeSpan interval, TimeSpan maxLatency, int partitions, long started)
{
    public const string ToAck = "produce-to-ack";
    public const string ToConsume = "produce-to-consume";

    // Short, so that what a broken server held up does not stand for long after it is whole again.
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(15);

    private const int FewestIntended = 30;

    /// <summary>By how much the sender may be late. It waits for nobody, so more means that the verifier itself did not run.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>How long a message is followed; afterwards what is not known stays unknown. Far shorter than the topic's retention.</summary>
    public static readonly TimeSpan Horizon = TimeSpan.FromMinutes(2);

    // The first message of a run goes to brokers that may have just begun.
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(5);

    private const int MostFollowed = 1 << 16;
    private readonly Lock _gate = new();
    private readonly Entry[] _ring = new Entry[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp((Horizon / interval) + 1, 64, MostFollowed))];
    private readonly long[] _readUpTo = [.. Enumerable.Repeat(-1L, partitions)];
    private readonly long[] _lastOffset = [.. Enumerable.Repeat(-1L, partitions)];
    private readonly long _latestOk = Ticks(maxLatency);
    private readonly LatencyHistory _acknowledged = new(started);
    private readonly LatencyHistory _consumed = new(started);
    private long _next, _oldest;
    private long _lastAcknowledged = long.MaxValue, _lastConsumed = long.MaxValue;
    private long _seen, _late, _duplicates, _unknown, _lost;

    /// <summary>What the latest latencies are taken from: 15 s, or what 30 messages or twice the highest latency take where that is longer.</summary>
    public TimeSpan Window { get; } = WindowOf(interval, maxLatency);

    public long Started => started;

    // What its messages carry: another run's messages count for nothing.
    public Guid Run { get; } = Guid.NewGuid();

    public ProbeCounts Counts
    {
        get
        {
            lock (_gate)
                return new(_seen, _late, _duplicates, _unknown, _lost);
        }
    }

    public static TimeSpan WindowOf(TimeSpan interval, TimeSpan maxLatency) => new[] { ShortestWindow, interval * FewestIntended, 2 * maxLatency }.Max();

    public long Intend(long intended)
    {
        lock (_gate)
        {
            if (_next - _oldest == _ring.Length)
                Forget(ref At(_oldest++));
            if (_next == 0)
                _lastAcknowledged = _lastConsumed = intended + Ticks(Beginning);
            long number = _next++;
            At(number) = new() { Intended = intended, Partition = -1, Offset = -1 };
            return number;
        }
    }

    public TimeSpan? Acknowledged(long number, int partition, long offset, long now)
    {
        lock (_gate)
        {
            if (!IsFollowed(number))
                return null;
            ref Entry entry = ref At(number);
            entry.Acknowledged = _lastAcknowledged = now;
            entry.Partition = partition;
            entry.Offset = offset;
            // A copy that the broker knew already may come without an offset.
            if (partition < partitions && offset >= 0)
                LoseWhatStoodFrom(offset, partition, entry.Intended);
            _acknowledged.Record(now - entry.Intended, now);
            return Stopwatch.GetElapsedTime(entry.Intended, now);
        }
    }

    // An offset that is given out again: what had been acknowledged there and after it went with a leader, though it may have been read before.
    private void LoseWhatStoodFrom(long offset, int partition, long sent)
    {
        if (offset <= _lastOffset[partition])
        {
            for (long number = _oldest; number < _next; number++)
            {
                ref Entry other = ref At(number);
                // What was under way together may be acknowledged in any order.
                if (other.Acknowledged != 0 && other.Acknowledged < sent && other.Partition == partition && other.Offset >= offset)
                    Lose(ref other);
            }
        }

        _lastOffset[partition] = offset;
    }

    /// <summary>It was refused or not answered; where its topic is gone, that says nothing about the cluster.</summary>
    public void GivenUp(long number, long now, bool topicIsGone = false)
    {
        lock (_gate)
        {
            if (!IsFollowed(number))
                return;
            ref Entry entry = ref At(number);
            if (entry.GivenUp || entry.Acknowledged != 0)
                return;
            entry.GivenUp = true;
            if (entry.LeftOut = topicIsGone)
                return;

            // For the long windows it counts as long as it was waited for: leaving it out would hide the outage.
            _acknowledged.Record(now - entry.Intended, now);
            if (entry.Consumed == 0)
                _consumed.Record(now - entry.Intended, now);
        }
    }

    public TimeSpan? Consumed(long? number, int partition, long offset, long now)
    {
        lock (_gate)
        {
            if (partition < _readUpTo.Length)
                _readUpTo[partition] = Math.Max(_readUpTo[partition], offset);
            if (number is not { } known || !IsFollowed(known))
                return null;
            ref Entry entry = ref At(known);
            if (entry.Consumed != 0)
            {
                _duplicates++;
                return null;
            }

            entry.Consumed = _lastConsumed = now;
            if (!entry.GivenUp)
                _consumed.Record(now - entry.Intended, now);
            if (now - entry.Intended <= _latestOk)
                _seen++;
            else
                _late++;
            return Stopwatch.GetElapsedTime(entry.Intended, now);
        }
    }

    /// <summary>The verifier itself did not run (paused, a machine that was too busy): what was under way then, or was not sent, says nothing about the cluster.</summary>
    public void Slept(long from, long to)
    {
        lock (_gate)
        {
            (_lastAcknowledged, _lastConsumed) = (Math.Max(_lastAcknowledged, to), Math.Max(_lastConsumed, to));
            for (long number = _oldest; number < _next; number++)
            {
                ref Entry entry = ref At(number);
                entry.LeftOut |= IsUnderWay(entry.Acknowledged) || IsUnderWay(entry.Consumed);
            }
        }

        bool IsUnderWay(long completed) => completed == 0 || completed > from;
    }

    /// <summary>How long none was acknowledged, and none has arrived; null while the next one is overdue, which means that the verifier itself does not run.</summary>
    public (TimeSpan Acknowledged, TimeSpan Consumed)? Silence(long now)
    {
        lock (_gate)
        {
            return _next > _oldest && now - At(_next - 1).Intended > Ticks(interval + LongestDelay)
                ? null
                : (Stopwatch.GetElapsedTime(Math.Min(_lastAcknowledged, now), now), Stopwatch.GetElapsedTime(Math.Min(_lastConsumed, now), now));
        }
    }

    /// <summary>Decides what can be decided: what was acknowledged and passed over is lost, what is too old is forgotten. Call it now and then.</summary>
    public void Sweep(long now)
    {
        lock (_gate)
        {
            long horizon = Ticks(Horizon);
            while (_oldest < _next && now - At(_oldest).Intended > horizon)
                Forget(ref At(_oldest++));
            for (long number = _oldest; number < _next; number++)
            {
                ref Entry entry = ref At(number);
                if (entry.Acknowledged != 0 && entry.Consumed == 0 && _readUpTo[entry.Partition] > entry.Offset)
                    Lose(ref entry);
            }
        }
    }

    /// <summary>The latencies of the <see cref="Window"/>, by intended time. What is still under way and older than the highest latency counts as old as it is.</summary>
    public (LatencyFigures ToAck, LatencyFigures ToConsume) Latest(long now)
    {
        List<long> toAck = [], toConsume = [];
        lock (_gate)
        {
            long from = now - Ticks(Window);
            for (long number = _next - 1; number >= _oldest && At(number).Intended >= from; number--)
            {
                ref readonly Entry entry = ref At(number);
                if (Latency(entry, entry.Acknowledged, now) is { } toAckTicks)
                    toAck.Add(toAckTicks);
                if (Latency(entry, entry.Consumed, now) is { } toConsumeTicks)
                    toConsume.Add(toConsumeTicks);
            }
        }

        return (Distribution(ToAck, toAck), Distribution(ToConsume, toConsume));
    }

    public IReadOnlyList<LatencyFigures> Longer(long now)
    {
        lock (_gate)
        {
            LatencyFigures[] recent = Stopwatch.GetElapsedTime(started, now) < LatencyHistory.RecentWindow
                ? []
                : [_acknowledged.Recent(ToAck, now), _consumed.Recent(ToConsume, now)];
            return [.. recent, _acknowledged.All(ToAck, now), _consumed.All(ToConsume, now)];
        }
    }

    private long? Latency(in Entry entry, long completed, long now)
    {
        if (entry.LeftOut)
            return null;
        if (completed != 0)
            return completed - entry.Intended;
        long age = now - entry.Intended;

        // One that will never complete is too late from the start: a millisecond beyond what is ok, so that rounding does not make it so.
        return age > _latestOk || entry.GivenUp || entry.Lost ? Math.Max(age, _latestOk + (Stopwatch.Frequency / 1000)) : null;
    }

    private void Lose(ref Entry entry)
    {
        _lost += entry.Lost ? 0 : 1;
        entry.Lost = true;
    }

    private void Forget(ref Entry entry)
    {
        if (entry.Consumed == 0 && !entry.Lost)
            _unknown++;
    }

    /// <summary>Exact percentiles by the nearest ranks: the p99 of 60 samples is the longest of them.</summary>
    private LatencyFigures Distribution(string name, List<long> ticks)
    {
        if (ticks.Count == 0)
            return new(name, Window, 0, null, null, null, null);
        ticks.Sort();
        return new(name, Window, ticks.Count, Rank(0.50), Rank(0.95), Rank(0.99), Rank(1));

        double Rank(double quantile) => Math.Round(ticks[Math.Max((int)Math.Ceiling(quantile * ticks.Count) - 1, 0)] * 1000.0 / Stopwatch.Frequency, 3);
    }

    private ref Entry At(long number) => ref _ring[number & (_ring.Length - 1)];

    private bool IsFollowed(long number) => number >= _oldest && number < _next;

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private struct Entry
    {
        public long Intended, Acknowledged, Consumed;
        public long Offset;
        public int Partition;
        public bool GivenUp, LeftOut, Lost;
    }
}

/// <summary>One latency over the last five minutes (and the part of the minute that has begun) and since the start. Minutes are merged as histograms: percentiles cannot be averaged.</summary>
internal sealed class LatencyHistory(long started)
{
    public static readonly TimeSpan RecentWindow = TimeSpan.FromMinutes(Minutes);

    private const int Minutes = 5;
    private const long LongestMicroseconds = 600_000_000;

    private readonly IntHistogram _all = New();
    private readonly IntHistogram[] _minutes = [.. Enumerable.Range(0, Minutes + 1).Select(_ => New())];
    private long _minute;

    public void Record(long ticks, long now)
    {
        TurnTo(now);
        long microseconds = Math.Clamp(ticks * 1_000_000 / Stopwatch.Frequency, 1, LongestMicroseconds);
        _all.RecordValue(microseconds);
        _minutes[_minute % _minutes.Length].RecordValue(microseconds);
    }

    public LatencyFigures Recent(string name, long now)
    {
        TurnTo(now);
        IntHistogram merged = New();
        foreach (IntHistogram minute in _minutes)
            merged.Add(minute);
        return Figures(name, RecentWindow, merged);
    }

    public LatencyFigures All(string name, long now) => Figures(name, TimeSpan.FromSeconds(Math.Floor(Stopwatch.GetElapsedTime(started, now).TotalSeconds)), _all);

    // Two digits: 1 % of a figure, and 40 KB a histogram.
    private static IntHistogram New() => new(1, LongestMicroseconds, 2);

    private static LatencyFigures Figures(string name, TimeSpan window, IntHistogram histogram) => histogram.TotalCount == 0
        ? new(name, window, 0, null, null, null, null)
        : new(name, window, histogram.TotalCount, At(histogram, 50), At(histogram, 95), At(histogram, 99), histogram.GetMaxValue() / 1000.0);

    private static double At(IntHistogram histogram, double percentile) => histogram.GetValueAtPercentile(percentile) / 1000.0;

    /// <summary>Empties the histograms of the minutes that have passed since the last call.</summary>
    private void TurnTo(long now)
    {
        long minute = (long)Stopwatch.GetElapsedTime(started, now).TotalMinutes;
        for (long passed = 0; _minute < minute; passed++)
        {
            _minute = passed < _minutes.Length ? _minute + 1 : minute;
            _minutes[_minute % _minutes.Length].Reset();
        }
    }
}
