using System.Runtime.InteropServices;

namespace CdcLab.OrderSimulator.Market;

/// <summary>Generates the market's orders from one seed. Not thread-safe.</summary>
internal sealed class OrderFlow(int seed)
{
    private const int MaxParts = 5;

    // .NET keeps the sequence of a seeded Random the same from version to version.
    private readonly Random _random = new(seed);
    private readonly PriceWalk[] _walks = [.. Listing.All.Select(i => new PriceWalk(i))];

    public OrderPlan Next()
    {
        // The square favours the first shares, as real turnover does.
        double draw = _random.NextDouble();
        int index = (int)(draw * draw * Listing.All.Count);
        Instrument instrument = Listing.All[index];
        int market = _walks[index].Next(_random);
        OrderSide side = _random.NextDouble() < 0.5 ? OrderSide.Buy : OrderSide.Sell;

        // An eager order crosses the market by up to two ticks and trades soon; a patient one waits for a better price and is often cancelled.
        bool eager = _random.NextDouble() < 0.65;
        int ticks = eager ? _random.Next(0, 3) : -_random.Next(1, 9);
        int limit = instrument.Limit(TickSize.Move(market, side == OrderSide.Buy ? ticks : -ticks));
        int quantity = Quantity(limit);
        bool filled = _random.NextDouble() < (eager ? 0.9 : 0.5);
        int parts = Math.Min(quantity, 1 + Geometric(0.6));
        int[] cut = Cut(quantity, filled ? parts : parts + 1);
        // The last part of a cancelled order is not executed.
        int fills = filled ? cut.Length : _random.NextDouble() < 0.6 ? 0 : cut.Length - 1;

        Fill[] planned = new Fill[fills];
        for (int i = 0; i < fills; i++)
            planned[i] = new(cut[i], Between(market, limit, side), Wait(i == 0 && !eager ? 1000 : 300));
        return new(1 + _random.Next(OrderRanges.Users), instrument, side, quantity, limit, planned, filled ? null : Wait(1000));
    }

    // About two million won per order, log-normal: many small, few large.
    private int Quantity(int price)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
        double value = 2_000_000 * Math.Exp(1.1 * normal);
        return (int)Math.Clamp(Math.Round(value / price), 1, OrderRanges.MostShares);
    }

    private int Geometric(double stop)
    {
        int more = 0;
        while (more < MaxParts - 1 && _random.NextDouble() > stop)
            more++;
        return more;
    }

    // Splits a quantity into at most so many parts of 1 or more.
    private int[] Cut(int quantity, int parts)
    {
        parts = Math.Min(parts, quantity);
        int[] cut = new int[parts];
        int left = quantity;
        for (int i = 0; i < parts - 1; i++)
        {
            int most = left - (parts - 1 - i);
            cut[i] = 1 + (int)(_random.NextDouble() * Math.Min(most, 2 * left / (parts - i)));
            cut[i] = Math.Min(cut[i], most);
            left -= cut[i];
        }

        cut[^1] = left;
        return cut;
    }

    // A trade happens at the limit or at a better price, never worse: between the market and the limit where the order crosses the market, else at the limit.
    private int Between(int market, int limit, OrderSide side)
    {
        bool crosses = side == OrderSide.Buy ? limit > market : limit < market;
        if (!crosses)
            return limit;
        int price = market;
        int steps = _random.Next(0, 3);
        for (int i = 0; i < steps && price != limit; i++)
            price = TickSize.Move(price, side == OrderSide.Buy ? 1 : -1);
        return price;
    }

    // Exponential, but bounded: a paused market has no open orders after a few seconds.
    private TimeSpan Wait(double meanMilliseconds) =>
        TimeSpan.FromMilliseconds(Math.Min(-meanMilliseconds * Math.Log(1 - _random.NextDouble()), 3 * meanMilliseconds));
}

/// <summary>The price of one share: a random walk on the tick grid that tends to the reference price and stays within the day's limits.</summary>
internal sealed class PriceWalk(Instrument instrument)
{
    // Strong enough to keep the price off the limits for weeks, weak enough for trends of hours.
    private const double Pull = 0.35;

    public int Price { get; private set; } = instrument.ReferencePrice;

    public int Next(Random random)
    {
        // -1 at the lower limit, 1 at the upper.
        double away = (double)(Price - instrument.ReferencePrice) / (instrument.UpperLimit - instrument.ReferencePrice);
        double up = 0.3 - (Pull * away * 0.3);
        double down = 0.3 + (Pull * away * 0.3);
        double draw = random.NextDouble();
        int ticks = draw < up ? 1 : draw < up + down ? -1 : 0;
        if (ticks != 0 && random.NextDouble() < 0.15)
            ticks *= 2;
        Price = instrument.Limit(TickSize.Move(Price, ticks));
        return Price;
    }
}

/// <summary>An order, with its limit in won, and its whole life, drawn before it reaches MySQL, so that the orders do not depend on MySQL's speed. The sum of its fills
/// is its quantity exactly if it ends FILLED; else it is cancelled some time after its last step.</summary>
internal sealed record OrderPlan(long UserId, Instrument Instrument, OrderSide Side, int Quantity, int Price, IReadOnlyList<Fill> Fills, TimeSpan? CancelAfter)
{
    public string OrderType => Side == OrderSide.Buy ? "BUY" : "SELL";
}

/// <summary>A planned execution: shares, price in won, and the time since the step before it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Fill(int Quantity, int Price, TimeSpan After);

internal enum OrderSide
{
    Buy,
    Sell,
}
