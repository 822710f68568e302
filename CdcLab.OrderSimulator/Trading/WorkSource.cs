namespace CdcLab.OrderSimulator.Trading;

/// <summary>The due steps of open orders and the new orders as they arrive, in order of time. One worker at a time waits for the clock, the others for their turn,
/// so that an event wakes only one worker.</summary>
internal sealed class WorkSource : IDisposable
{
    /// <summary>The most open orders: then no new one is placed until others are finished. Memory stays bounded at any rate.</summary>
    public const int MaxOpenOrders = 5000;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _changed = new(0);
    private readonly PriorityQueue<OpenOrder, long> _waiting = new();
    private readonly OrderFlow _flow;
    private readonly Arrivals _arrivals;
    private readonly TimeProvider _time;
    private bool _paused;
    private int _open;
    private int _resumed;
    private bool _isWaiting;

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

    /// <summary>Whether an order of an earlier run is not finished yet.</summary>
    public bool HasResumedOrders
    {
        get
        {
            lock (_lock)
                return _resumed > 0;
        }
    }

    public void SetRate(OrderRate rate)
    {
        lock (_lock)
            _arrivals.SetRate(rate, _time.GetTimestamp());
        Wake();
    }

    public void SetPaused(bool paused)
    {
        lock (_lock)
        {
            _paused = paused;
            // No orders arrive for the time of the pause.
            _arrivals.SetRate(_arrivals.Rate, _time.GetTimestamp());
        }

        Wake();
    }

    /// <summary>Waits for the next step or order.</summary>
    /// <returns>An open order whose next step is due, or a new order to place.</returns>
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

                    long? arrival = _paused || _open >= MaxOpenOrders ? null : _arrivals.Next;
                    if (arrival <= now)
                    {
                        _arrivals.Advance(now);
                        _open++;
                        return (null, _flow.Next());
                    }

                    long next = Math.Min(due is null ? long.MaxValue : at, arrival ?? long.MaxValue);
                    wait = next == long.MaxValue ? null : _time.GetElapsedTime(now, next);
                    _isWaiting = true;
                }

                await WaitAsync(wait, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Adds an open order of an earlier run.</summary>
    public void Resume(OpenOrder order)
    {
        lock (_lock)
        {
            _open++;
            _resumed++;
        }

        Continue(order);
    }

    /// <summary>Queues an order's next step, or removes the order if it is finished.</summary>
    public void Continue(OpenOrder order)
    {
        if (order.NextAfter is not { } after)
        {
            Remove(order);
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

    /// <summary>Removes an order that is finished or was changed by another client.</summary>
    public void Remove(OpenOrder order)
    {
        bool wasFull;
        lock (_lock)
        {
            wasFull = _open-- == MaxOpenOrders;
            if (order.Resumed)
                _resumed--;
        }

        if (wasFull)
            Wake();
    }

    /// <summary>The open orders that no worker has at the moment.</summary>
    public IReadOnlyList<OpenOrder> Waiting()
    {
        lock (_lock)
            return [.. _waiting.UnorderedItems.Select(o => o.Element)];
    }

    public void Dispose()
    {
        _turn.Dispose();
        _changed.Dispose();
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
        }

        _changed.Release();
    }

    // Rounded up to whole milliseconds: rounded down, a worker would spin in the last one. An hour at most, because the rate can be very low.
    private Task WaitAsync(TimeSpan? wait, CancellationToken cancellationToken) => wait is { } limit
        ? _changed.WaitAsync((int)Math.Min(Math.Ceiling(limit.TotalMilliseconds), 3_600_000), cancellationToken)
        : _changed.WaitAsync(cancellationToken);
}
