namespace CdcLab.OrderSimulator.Market;

/// <summary>The price of one share as it moves: a random walk on the tick grid that is drawn back to the reference price and never leaves the day's limits.</summary>
/// <param name="instrument">The share.</param>
internal sealed class PriceWalk(Instrument instrument)
{
    // Strong enough that a lab left on for weeks does not stick to a limit, weak enough that hours look like a trend.
    private const double Pull = 0.35;

    /// <summary>The price of the last trade.</summary>
    public int Price { get; private set; } = instrument.ReferencePrice;

    /// <summary>Moves the price by a tick or two, or leaves it.</summary>
    /// <param name="chance">The market's chance.</param>
    /// <returns>The new price.</returns>
    public int Next(Random chance)
    {
        // -1 at the lower limit, 1 at the upper.
        double away = (double)(Price - instrument.ReferencePrice) / (instrument.UpperLimit - instrument.ReferencePrice);
        double up = 0.3 - (Pull * away * 0.3);
        double down = 0.3 + (Pull * away * 0.3);
        double draw = chance.NextDouble();
        int ticks = draw < up ? 1 : draw < up + down ? -1 : 0;
        if (ticks != 0 && chance.NextDouble() < 0.15)
            ticks *= 2;
        Price = instrument.Limit(TickSize.Move(Price, ticks));
        return Price;
    }
}
