using CdcLab.OrderSimulator.Market;
using CdcLab.OrderSimulator.Trading;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class WorkSourceTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Paused_market_gives_nothing_until_the_rate_is_set()
    {
        using WorkSource source = new(1, OrderRate.Paused, TimeProvider.System);
        Task<OpenOrder> taken = source.TakeAsync(TestContext.Current.CancellationToken);
        Assert.False(taken.IsCompleted);
        source.SetRate(OrderRate.Max);
        Assert.NotNull((await taken.WaitAsync(Limit, TestContext.Current.CancellationToken)).Plan);
    }

    [Fact]
    public async Task Order_that_is_due_sooner_wakes_who_waits_for_a_later_one()
    {
        using WorkSource source = new(1, OrderRate.Paused, TimeProvider.System);
        source.Resume(Order(1, TimeSpan.FromHours(1)));
        Task<OpenOrder> taken = source.TakeAsync(TestContext.Current.CancellationToken);
        source.Resume(Order(2, TimeSpan.FromMilliseconds(1)));
        Assert.Equal(2, (await taken.WaitAsync(Limit, TestContext.Current.CancellationToken)).Id);
    }

    [Fact]
    public async Task Open_orders_are_bounded_at_any_rate()
    {
        using WorkSource source = new(1, OrderRate.Max, TimeProvider.System);
        for (int i = 0; i < WorkSource.MaxOpenOrders; i++)
            Assert.NotNull((await source.TakeAsync(TestContext.Current.CancellationToken)).Plan);
        Task<OpenOrder> taken = source.TakeAsync(TestContext.Current.CancellationToken);
        Assert.False(taken.IsCompleted);
        source.Remove(Order(1, TimeSpan.Zero));
        Assert.NotNull((await taken.WaitAsync(Limit, TestContext.Current.CancellationToken)).Plan);
    }

    [Fact]
    public async Task Which_orders_come_depends_neither_on_the_rate_nor_on_pauses()
    {
        using WorkSource fast = new(5, OrderRate.Max, TimeProvider.System);
        using WorkSource slow = new(5, new OrderRate(2000), TimeProvider.System);
        for (int i = 0; i < 50; i++)
        {
            if (i % 10 == 0)
            {
                slow.SetPaused(true);
                slow.SetPaused(false);
            }

            OrderPlan? one = (await fast.TakeAsync(TestContext.Current.CancellationToken)).Plan;
            OrderPlan? other = (await slow.TakeAsync(TestContext.Current.CancellationToken).WaitAsync(Limit, TestContext.Current.CancellationToken)).Plan;
            Assert.Equal((one!.UserId, one.Instrument, one.Quantity, one.Price, one.CancelAfter), (other!.UserId, other.Instrument, other.Quantity, other.Price, other.CancelAfter));
            Assert.Equal(one.Fills, other.Fills);
        }
    }

    private static OpenOrder Order(long id, TimeSpan after) => new(id, 10, 0, [], after);
}
