namespace CdcLab.OrderSimulator.Market;

/// <summary>A share that is traded.</summary>
/// <param name="Symbol">Its KRX code.</param>
/// <param name="Name">Its name.</param>
/// <param name="ReferencePrice">The price from which the day's limits count, in won.</param>
internal sealed record Instrument(string Symbol, string Name, int ReferencePrice)
{
    /// <summary>The highest price of the day: 30 % above the reference price, on a tick (KRX's daily price limit since 15 June 2015).</summary>
    public int UpperLimit { get; } = TickSize.RoundDown(ReferencePrice + (ReferencePrice * 3 / 10));

    /// <summary>The lowest price of the day: 30 % below the reference price, on a tick.</summary>
    public int LowerLimit { get; } = TickSize.RoundUp(ReferencePrice - (ReferencePrice * 3 / 10));

    /// <summary>A price brought inside the day's limits.</summary>
    public int Limit(int price) => Math.Clamp(price, LowerLimit, UpperLimit);
}
