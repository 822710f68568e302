namespace CdcLab.OrderSimulator.Market;

/// <summary>The arrival times of orders: a Poisson process (independent exponential gaps) on a schedule of intended times; a late order does not delay the next
/// one. Times are ticks of one monotonic clock. Not thread-safe.</summary>
internal sealed class Arrivals(int seed, long ticksPerSecond)
{
    // Random numbers of their own, so that the rate does not change the orders.
    private readonly Random _random = new(unchecked((seed * 31) + 7));
    private double _next;

    public OrderRate Rate { get; private set; }

    /// <summary>The next arrival's intended time; null while the rate is 0.</summary>
    public long? Next => Rate.IsPaused ? null : Rate.IsMax ? long.MinValue : (long)_next;

    public void SetRate(OrderRate rate, long now)
    {
        Rate = rate;
        _next = now;
        Advance(now);
    }

    public void Advance(long now)
    {
        if (Rate.IsPaused || Rate.IsMax)
            return;
        // After a stall (MySQL was lost) the arrivals of the last second are made up for, older ones are dropped.
        _next = Math.Max(_next, now - ticksPerSecond);
        _next += -Math.Log(1 - _random.NextDouble()) * ticksPerSecond / Rate.PerSecond;
    }
}
