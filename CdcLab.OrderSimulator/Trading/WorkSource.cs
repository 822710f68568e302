namespace CdcLab.OrderSimulator.Trading;

/// <summary>The due steps of open orders and the new orders as they arrive, in order of time. One worker at a time waits for the clock, the others for their turn,
/// so that an event wakes only one worker.</summary>
internal sealed class WorkSource : IDisposable
{
    /// <summary>The most open orders: then no new one is placed until others are finished. Memory stays bounded at any rate.</summary>
    public const int MaxOpenOrders = 5000;

    // The rate can be very low.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SemaphoreSlim _changed = new(0);
    private readonly PriorityQueue<OpenOrder, long> _waiting = new();
    private readonly OrderFlow _flow;
    private readonly Arrivals _arrivals;
    private readonly TimeProvider _time;
    private volatile bool _paused;
    private volatile int _open;
    private volatile int _resumed;
    private bool _isWaiting;

    public WorkSource(int seed, OrderRate rate, TimeProvider time)
    {
        _time = time;
        _flow = new(seed);
        _arrivals = new(seed, time.TimestampFrequency);
        _arrivals.SetRate(rate, time.GetTimestamp());
    }

    public (OrderRate Rate, bool Paused) Pace => (_arrivals.Rate, _paused || _arrivals.Rate.IsPaused);

    /// <summary>Orders that are open or being placed.</summary>
    public int Open => _open;

    /// <summary>Whether an order of an earlier run is not finished yet.</summary>
    public bool HasResumedOrders => _resumed > 0;

    public void SetRate(OrderRate rate) => SetPace(rate, _paused);

    public void SetPaused(bool paused) => SetPace(_arrivals.Rate, paused);

    /// <summary>Waits for an order whose next step is due; a new order is to be placed at once.</summary>
    public async Task<OpenOrder> TakeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                TimeSpan wait;
                lock (_lock)
                {
                    long now = _time.GetTimestamp();
                    if (_waiting.TryPeek(out OpenOrder? due, out long at) && at <= now)
                        return _waiting.Dequeue();
                    long? arrival = _paused || _open >= MaxOpenOrders ? null : _arrivals.Next;
                    if (arrival <= now)
                    {
                        _arrivals.Advance(now);
                        _open++;
                        return new(_flow.Next());
                    }

                    long next = Math.Min(due is null ? long.MaxValue : at, arrival ?? long.MaxValue);
                    wait = next == long.MaxValue ? Longest : _time.GetElapsedTime(now, next);
                    _isWaiting = true;
                }

                // Rounded up to whole milliseconds: rounded down, a worker would spin in the last one.
                await _changed.WaitAsync((int)Math.Ceiling(Math.Min(wait.TotalMilliseconds, Longest.TotalMilliseconds)), cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

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

        lock (_lock)
        {
            long at = _time.GetTimestamp() + (long)(after.TotalSeconds * _time.TimestampFrequency);
            bool isFirst = !_waiting.TryPeek(out _, out long first) || at < first;
            _waiting.Enqueue(order, at);
            if (isFirst)
                Wake();
        }
    }

    /// <summary>Removes an order that is finished or was changed by another client.</summary>
    public void Remove(OpenOrder order)
    {
        lock (_lock)
        {
            if (_open-- == MaxOpenOrders)
                Wake();
            if (order.Plan is null)
                _resumed--;
        }
    }

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

    private void SetPace(OrderRate rate, bool paused)
    {
        lock (_lock)
        {
            _paused = paused;
            // No orders arrive for the time of a pause.
            _arrivals.SetRate(rate, _time.GetTimestamp());
            Wake();
        }
    }

    // Called under the lock.
    private void Wake()
    {
        if (_isWaiting)
            _changed.Release();
        _isWaiting = false;
    }
}
