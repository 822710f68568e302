using CdcLab.Model.Options;
using CdcLab.OrderSimulator.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>What there is to do next, by the time it is due: steps of open orders, and new orders as they arrive. One worker waits for the clock at a time,
/// the others wait for their turn: an event wakes one of them.</summary>
internal sealed class WorkSource : IDisposable
{
    /// <summary>So many orders are open at most; then no new one is taken until others come to their end. Keeps memory bounded at any rate.</summary>
    public const int MostOpen = 5000;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _changed = new(0);
    private readonly PriorityQueue<OpenOrder, long> _waiting = new();
    private readonly OrderFlow _flow;
    private readonly Arrivals _arrivals;
    private readonly TimeProvider _time;
    private bool _paused;
    private int _open;
    private int _takenUp;
    private bool _waits;

    /// <summary>Makes the source.</summary>
    /// <param name="seed">The market's seed.</param>
    /// <param name="rate">The rate to begin with.</param>
    /// <param name="time">The clock.</param>
    public WorkSource(int seed, OrderRate rate, TimeProvider time)
    {
        _time = time;
        _flow = new(seed);
        _arrivals = new(seed, time.TimestampFrequency);
        _arrivals.SetRate(rate, time.GetTimestamp());
    }

    /// <summary>The rate and whether the market is paused.</summary>
    public (OrderRate Rate, bool Paused) Pace
    {
        get
        {
            lock (_lock)
                return (_arrivals.Rate, _paused || _arrivals.Rate.IsPaused);
        }
    }

    /// <summary>Orders that are open or being placed.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
                return _open;
        }
    }

    /// <summary>Whether an order that an earlier run left open has not come to its end yet.</summary>
    public bool HoldsTakenUp
    {
        get
        {
            lock (_lock)
                return _takenUp > 0;
        }
    }

    /// <summary>Sets the rate.</summary>
    public void SetRate(OrderRate rate)
    {
        lock (_lock)
            _arrivals.SetRate(rate, _time.GetTimestamp());
        Wake();
    }

    /// <summary>Pauses or resumes the market.</summary>
    public void SetPaused(bool paused)
    {
        lock (_lock)
        {
            _paused = paused;
            // What would have arrived during the pause did not happen.
            _arrivals.SetRate(_arrivals.Rate, _time.GetTimestamp());
        }

        Wake();
    }

    /// <summary>Waits for the next thing to do.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Either an open order whose next step is due, or an order to place.</returns>
    public async Task<(OpenOrder? Open, OrderPlan? New)> TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                TimeSpan? wait;
                lock (_lock)
                {
                    long now = _time.GetTimestamp();
                    if (_waiting.TryPeek(out OpenOrder? due, out long at) && at <= now)
                    {
                        _waiting.Dequeue();
                        return (due, null);
                    }

                    long? arrival = _paused || _open >= MostOpen ? null : _arrivals.Next;
                    if (arrival <= now)
                    {
                        _arrivals.Advance(now);
                        _open++;
                        return (null, _flow.Next());
                    }

                    long next = Math.Min(due is null ? long.MaxValue : at, arrival ?? long.MaxValue);
                    wait = next == long.MaxValue ? null : _time.GetElapsedTime(now, next);
                    _waits = true;
                }

                await WaitAsync(wait, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes in an order that an earlier run left open.</summary>
    public void TakeUp(OpenOrder order)
    {
        lock (_lock)
        {
            _open++;
            _takenUp++;
        }

        Continue(order);
    }

    /// <summary>Waits for an order's next step, or lets the order go when it has come to its end.</summary>
    public void Continue(OpenOrder order)
    {
        if (order.NextAfter is not { } after)
        {
            LetGo(order);
            return;
        }

        bool sooner;
        lock (_lock)
        {
            long at = _time.GetTimestamp() + (long)(after.TotalSeconds * _time.TimestampFrequency);
            sooner = !_waiting.TryPeek(out _, out long first) || at < first;
            _waiting.Enqueue(order, at);
        }

        if (sooner)
            Wake();
    }

    /// <summary>Lets an order go: it has come to its end, or somebody else works on it.</summary>
    public void LetGo(OpenOrder order)
    {
        bool wasFull;
        lock (_lock)
        {
            wasFull = _open-- == MostOpen;
            if (order.TakenUp)
                _takenUp--;
        }

        if (wasFull)
            Wake();
    }

    /// <summary>The open orders whose next step no worker has begun.</summary>
    public IReadOnlyList<OpenOrder> Waiting()
    {
        lock (_lock)
            return [.. _waiting.UnorderedItems.Select(o => o.Element)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _turn.Dispose();
        _changed.Dispose();
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (!_waits)
                return;
            _waits = false;
        }

        _changed.Release();
    }

    // Rounded up to the timer's whole milliseconds: rounded down, a worker would spin through the last one. An hour at most, because a rate may be tiny.
    private Task WaitAsync(TimeSpan? wait, CancellationToken cancellationToken) => wait is { } limit
        ? _changed.WaitAsync((int)Math.Min(Math.Ceiling(limit.TotalMilliseconds), 3_600_000), cancellationToken)
        : _changed.WaitAsync(cancellationToken);
}
