using CdcLab.Model.Options;

namespace CdcLab.OrderSimulator.Market;

/// <summary>When orders arrive: a Poisson process, that is, independent exponential gaps, on a schedule of intended times. A late order does not delay the
/// next. Times are ticks of one monotonic clock. Not safe for several threads.</summary>
/// <param name="seed">The market's seed; the gaps have a chance of their own, so that the rate never changes which orders come.</param>
/// <param name="ticksPerSecond">The clock's frequency.</param>
internal sealed class Arrivals(int seed, long ticksPerSecond)
{
    private readonly Random _chance = new(unchecked((seed * 31) + 7));
    private double _next;

    /// <summary>The rate.</summary>
    public OrderRate Rate { get; private set; }

    /// <summary>The next arrival's intended time; null while no order is to come.</summary>
    public long? Next => Rate.IsPaused ? null : Rate.IsMax ? long.MinValue : (long)_next;

    /// <summary>Changes the rate, from now on.</summary>
    public void SetRate(OrderRate rate, long now)
    {
        Rate = rate;
        _next = now;
        Advance(now);
    }

    /// <summary>Goes on to the arrival after the one that was just taken.</summary>
    /// <param name="now">The time.</param>
    public void Advance(long now)
    {
        if (Rate.IsPaused || Rate.IsMax)
            return;
        // After a stall (MySQL was gone) what was due in the last second is made up for; what is older did not happen.
        _next = Math.Max(_next, now - ticksPerSecond);
        _next += -Math.Log(1 - _chance.NextDouble()) * ticksPerSecond / Rate.PerSecond;
    }
}
