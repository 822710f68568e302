using System.Diagnostics;
using CdcLab.OrderSimulator.Trading;
using Xunit;

namespace CdcLab.Tests.Model.Telemetry;

[Trait("tier", "model")]
public sealed class OrderTracesTests
{
    [Fact]
    public void Steps_lie_below_the_orders_life_which_ends_with_its_status()
    {
        using Spans spans = new(MarketFigures.SourceName);
        Activity life = OrderTraces.Begin()!;
        Assert.Null(Activity.Current);
        ExecuteStep step = new(7, 10, 0, 10, 100);
        using (Activity trace = OrderTraces.Step(life, step)!)
        {
            Assert.Same(trace, Activity.Current);
            OrderTraces.Stepped(trace, step, StepOutcome.Done);
        }

        Assert.DoesNotContain(life, spans.Of(life.TraceId));
        OrderTraces.End(life, step.To);

        Activity child = Assert.Single(spans.Of(life.TraceId), a => a != life);
        Assert.Equal(("order execute", life.SpanId, 7L), (child.DisplayName, child.ParentSpanId, child.GetTagItem("cdclab.order.id")));
        Assert.Equal(("order", "FILLED", ActivityStatusCode.Unset), (life.DisplayName, life.GetTagItem("cdclab.order.status"), life.Status));
        Assert.True(life.IsStopped);
    }

    [Fact]
    public void Order_that_was_let_go_says_why()
    {
        using Spans spans = new(MarketFigures.SourceName);
        Activity life = OrderTraces.Begin()!;
        OrderTraces.End(life, status: null, "Left open.");
        Assert.Equal((ActivityStatusCode.Error, "Left open."), (life.Status, life.StatusDescription));
    }

    [Fact]
    public async Task Nothing_below_an_order_that_is_not_sampled_begins_a_trace()
    {
        using ActivitySource driver = new($"driver {Guid.NewGuid()}");
        using Spans spans = new(driver.Name);
        await StepAsync();
        Assert.Empty(spans.Ended);
        Assert.Null(Activity.Current);

        async Task StepAsync()
        {
            Assert.Null(OrderTraces.Step(OrderTraces.None, new PurgeStep([])));
            await Task.Yield();
            Assert.Null(driver.StartActivity("Execute", ActivityKind.Client));
        }
    }
}
