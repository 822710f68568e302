using CdcLab.Model.Market;
using CdcLab.OrderSimulator.Market;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class OrderFlowTests
{
    [Property(MaxTest = 200)]
    public void Every_plan_keeps_the_invariants_and_the_exchanges_rules(int seed)
    {
        OrderFlow flow = new(seed);
        for (int i = 0; i < 100; i++)
        {
            OrderPlan plan = flow.Next();
            string shown = Describe(plan);
            Assert.True(plan.Quantity > 0 && plan.UserId > 0, shown);
            AssertPrice(plan.Price, plan.Instrument, shown);
            Assert.All(plan.Fills, fill =>
            {
                Assert.True(fill.Quantity > 0 && fill.After >= TimeSpan.Zero, shown);
                AssertPrice(fill.Price, plan.Instrument, shown);
                Assert.True(plan.Side == OrderSide.Buy ? fill.Price <= plan.Price : fill.Price >= plan.Price, $"worse than its limit: {shown}");
            });
            int executed = plan.Fills.Sum(f => f.Quantity);
            Assert.True(plan.CancelAfter is null ? executed == plan.Quantity : executed < plan.Quantity, shown);
        }
    }

    [Property(MaxTest = 20)]
    public void Same_seed_gives_the_same_orders(int seed) => Assert.Equal(Many(seed, 300), Many(seed, 300));

    [Fact]
    public void Different_seeds_give_different_orders() => Assert.NotEqual(Many(1, 20), Many(2, 20));

    [Fact]
    public void Market_has_every_kind_of_fate_and_prices_that_move()
    {
        OrderFlow flow = new(1);
        OrderPlan[] plans = [.. Enumerable.Range(0, 5000).Select(_ => flow.Next())];
        Assert.Contains(plans, p => p.CancelAfter is null && p.Fills.Count == 1);
        Assert.Contains(plans, p => p.CancelAfter is null && p.Fills.Count > 2);
        Assert.Contains(plans, p => p.CancelAfter is not null && p.Fills.Count == 0);
        Assert.Contains(plans, p => p.CancelAfter is not null && p.Fills.Count > 0);
        Assert.InRange(plans.Count(p => p.Side == OrderSide.Buy), 2300, 2700);
        Assert.Equal(Listing.All.Count, plans.Select(p => p.Instrument).Distinct().Count());
        Assert.True(plans.Where(p => p.Instrument == Listing.All[0]).Select(p => p.Price).Distinct().Count() > 5);
    }

    [Fact]
    public void Price_that_walks_for_long_comes_back_to_its_reference()
    {
        Instrument share = Listing.All[0];
        PriceWalk walk = new(share);
        Random chance = new(3);
        double sum = 0;
        const int Steps = 200_000;
        for (int i = 0; i < Steps; i++)
            sum += walk.Next(chance);
        Assert.InRange(sum / Steps, share.ReferencePrice * 0.9, share.ReferencePrice * 1.1);
    }

    private static string[] Many(int seed, int count)
    {
        OrderFlow flow = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Describe(flow.Next()))];
    }

    private static string Describe(OrderPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{plan.UserId} {plan.Side} {plan.Quantity} {plan.Instrument.Symbol} at {plan.Price}: {string.Join(", ", plan.Fills.Select(f => $"{f.Quantity} at {f.Price} after {f.After}"))}; cancelled {plan.CancelAfter}");

    private static void AssertPrice(int price, Instrument instrument, string shown) =>
        Assert.True(TickSize.IsLegal(price) && price >= instrument.LowerLimit && price <= instrument.UpperLimit, $"{price} is no legal price: {shown}");
}
