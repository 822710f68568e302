using CdcLab.OrderSimulator.Trading;

namespace CdcLab.Tests.Model.Telemetry;

[Trait("tier", "model")]
public sealed class OrderTracesTests
{
    [Fact]
    public void Steps_are_children_of_the_orders_span_which_ends_with_its_status()
    {
        using Spans spans = new(MarketFigures.SourceName);
        Activity order = OrderTraces.BeginOrder()!;
        Assert.Null(Activity.Current);
        ExecuteStep step = new(7, 10, 0, 10, 100);
        using (Activity trace = OrderTraces.BeginStep(order, step)!)
        {
            Assert.Same(trace, Activity.Current);
            OrderTraces.EndStep(trace, step, isDone: true);
        }

        Assert.DoesNotContain(order, spans.Of(order.TraceId));
        OrderTraces.EndOrder(order, step.To);

        Activity child = Assert.Single(spans.Of(order.TraceId), a => a != order);
        Assert.Equal(("order execute", order.SpanId, 7L), (child.DisplayName, child.ParentSpanId, child.GetTagItem("cdclab.order.id")));
        Assert.Equal(("order", "FILLED", ActivityStatusCode.Unset), (order.DisplayName, order.GetTagItem("cdclab.order.status"), order.Status));
        Assert.True(order.IsStopped);
    }

    [Fact]
    public void Order_that_is_not_finished_has_an_error()
    {
        using Spans spans = new(MarketFigures.SourceName);
        Activity order = OrderTraces.BeginOrder()!;
        OrderTraces.EndOrder(order, status: null, "Left open.");
        Assert.Equal((ActivityStatusCode.Error, "Left open."), (order.Status, order.StatusDescription));
    }

    [Fact]
    public async Task Nothing_below_an_order_that_is_not_sampled_begins_a_trace()
    {
        using ActivitySource driver = new($"driver {Guid.NewGuid()}");
        using Spans spans = new(driver.Name);
        using Spans steps = new(MarketFigures.SourceName);
        // As a sampler leaves it: with an id, and not recorded.
        using Activity order = new Activity("order").SetIdFormat(ActivityIdFormat.W3C).Start();
        Activity.Current = null;
        await StepAsync();
        Assert.Empty(spans.Ended);
        Assert.Null(Activity.Current);

        async Task StepAsync()
        {
            Assert.Null(OrderTraces.BeginStep(order, new PurgeStep([])));
            await Task.Yield();
            Assert.Null(driver.StartActivity("Execute", ActivityKind.Client));
        }
    }
}
