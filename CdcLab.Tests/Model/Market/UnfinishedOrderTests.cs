using CdcLab.OrderSimulator.Trading;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class UnfinishedOrderTests
{
    [Property(MaxTest = 300)]
    public void Resumed_order_ends_as_the_invariants_allow(long id, int any, int done)
    {
        int quantity = 1 + (int)((uint)any % 100_000);
        int executed = (int)((uint)done % (uint)quantity);
        OpenOrder order = new UnfinishedOrder(id, quantity, 54_000, executed).Resume();
        MarketStep? last = null;
        int steps = 0;
        while (order.NextAfter is not null)
        {
            last = order.NextStep();
            order.Advance(last);
            Assert.True(++steps < 10);
        }

        if (last is ExecuteStep execute)
        {
            Assert.Equal(quantity, execute.ExecutedBefore + execute.Quantity);
            Assert.Equal(OrderStatus.Filled, execute.To);
        }
        else
        {
            Assert.Equal(executed, Assert.IsType<CancelStep>(last).ExecutedBefore);
        }
    }
}
