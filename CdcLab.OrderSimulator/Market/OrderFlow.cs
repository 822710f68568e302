namespace CdcLab.OrderSimulator.Market;

/// <summary>Draws the market's orders, one after the other, from one seed. Not safe for several threads.</summary>
/// <param name="seed">The market's seed.</param>
internal sealed class OrderFlow(int seed)
{
    private const int Users = 50_000;
    private const int MostParts = 5;

    // .NET keeps the sequence of a seeded Random the same from version to version.
    private readonly Random _chance = new(seed);
    private readonly PriceWalk[] _walks = [.. Listing.All.Select(i => new PriceWalk(i))];

    /// <summary>The next order.</summary>
    public OrderPlan Next()
    {
        // The square favours the front of the list, as real turnover does.
        double draw = _chance.NextDouble();
        int index = (int)(draw * draw * Listing.All.Count);
        Instrument instrument = Listing.All[index];
        int market = _walks[index].Next(_chance);
        OrderSide side = _chance.NextDouble() < 0.5 ? OrderSide.Buy : OrderSide.Sell;

        // An eager order crosses the market by up to two ticks and trades soon; a patient one waits for a better price and is often given up.
        bool eager = _chance.NextDouble() < 0.65;
        int ticks = eager ? _chance.Next(0, 3) : -_chance.Next(1, 9);
        int limit = instrument.Limit(TickSize.Move(market, side == OrderSide.Buy ? ticks : -ticks));
        int quantity = Quantity(limit);
        bool filled = _chance.NextDouble() < (eager ? 0.9 : 0.5);
        int parts = Math.Min(quantity, 1 + Geometric(0.6));
        int[] cut = Cut(quantity, filled ? parts : parts + 1);
        // Of an order that is cancelled the last part is what nobody took.
        int fills = filled ? cut.Length : _chance.NextDouble() < 0.6 ? 0 : cut.Length - 1;

        Fill[] planned = new Fill[fills];
        for (int i = 0; i < fills; i++)
            planned[i] = new(cut[i], Between(market, limit, side), Wait(i == 0 && !eager ? 1000 : 300));
        return new()
        {
            UserId = 1 + _chance.Next(Users),
            Instrument = instrument,
            Side = side,
            Quantity = quantity,
            Price = limit,
            Fills = planned,
            CancelAfter = filled ? null : Wait(1000),
        };
    }

    // About two million won an order, spread as money is: many small, few large.
    private int Quantity(int price)
    {
        double normal = Math.Sqrt(-2 * Math.Log(1 - _chance.NextDouble())) * Math.Cos(2 * Math.PI * _chance.NextDouble());
        double value = 2_000_000 * Math.Exp(1.1 * normal);
        return (int)Math.Clamp(Math.Round(value / price), 1, 100_000);
    }

    private int Geometric(double stop)
    {
        int more = 0;
        while (more < MostParts - 1 && _chance.NextDouble() > stop)
            more++;
        return more;
    }

    // Cuts a quantity into parts of 1 or more; as many as asked for, or as the quantity allows.
    private int[] Cut(int quantity, int parts)
    {
        parts = Math.Min(parts, quantity);
        int[] cut = new int[parts];
        int left = quantity;
        for (int i = 0; i < parts - 1; i++)
        {
            int most = left - (parts - 1 - i);
            cut[i] = 1 + (int)(_chance.NextDouble() * Math.Min(most, 2 * left / (parts - i)));
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
        int steps = _chance.Next(0, 3);
        for (int i = 0; i < steps && price != limit; i++)
            price = TickSize.Move(price, side == OrderSide.Buy ? 1 : -1);
        return price;
    }

    // Exponential, but no order stays open for long: a paused market comes to rest within seconds.
    private TimeSpan Wait(double meanMilliseconds) =>
        TimeSpan.FromMilliseconds(Math.Min(-meanMilliseconds * Math.Log(1 - _chance.NextDouble()), 3 * meanMilliseconds));
}
