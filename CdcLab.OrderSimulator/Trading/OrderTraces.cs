namespace CdcLab.OrderSimulator.Trading;

/// <summary>One trace for each sampled order: a span for the whole order, below it one for each step, below those the spans of MySqlConnector. Without a listener
/// there are no spans; an order that is not sampled costs one activity, its steps and statements none.</summary>
internal static class OrderTraces
{
    /// <summary>Later attempts of the same step are not traced: an order that waits for MySQL for days must not fill the dashboard.</summary>
    public const int MaxTracedAttempts = 20;

    private const string OrderId = "cdclab.order.id";

    private static readonly ActivitySource Source = new(MarketFigures.SourceName);

    /// <summary>The parent of everything that belongs to an order without a trace: its children are not sampled.</summary>
    public static Activity NotSampled { get; } = MakeNotSampled();

    /// <summary>Starts the span of an order.</summary>
    /// <param name="plan">The order; null for one of an earlier run.</param>
    /// <returns>The span, or <see cref="NotSampled"/>; null without a listener.</returns>
    public static Activity? BeginOrder(OrderPlan? plan = null)
    {
        if (!Source.HasListeners())
            return null;
        Activity.Current = null;
        Activity? order = Source.StartActivity("order");
        Activity.Current = null;
        if (order is not { Recorded: true })
        {
            order?.Dispose();
            return NotSampled;
        }

        if (plan is not null)
        {
            order.SetTag("cdclab.order.symbol", plan.Instrument.Symbol)
                .SetTag("cdclab.order.type", plan.OrderType)
                .SetTag("cdclab.order.quantity", plan.Quantity);
        }

        return order;
    }

    /// <summary>Starts the span of a step and makes it the parent of what the caller's method does from here on.</summary>
    public static Activity? BeginStep(Activity? order, MarketStep step)
    {
        if (order is null)
            return null;
        Activity.Current = order;
        return ReferenceEquals(order, NotSampled) ? null : Source.StartActivity($"order {step.Name}");
    }

    /// <summary>Sets the result of a step; the outcome is null if the service stopped before its end.</summary>
    public static void EndStep(Activity? trace, MarketStep step, StepOutcome? outcome)
    {
        if (trace is null)
            return;
        switch (step)
        {
            case InsertStep insert:
                trace.SetTag(OrderId, insert.OrderId);
                trace.Parent?.SetTag(OrderId, insert.OrderId);
                break;
            case ExecuteStep execute:
                trace.SetTag(OrderId, execute.OrderId).SetTag("cdclab.execution.id", execute.ExecutionId).SetTag("cdclab.execution.quantity", execute.Quantity);
                break;
            case ChangeStep change:
                trace.SetTag(OrderId, change.OrderId);
                break;
        }

        if (outcome is StepOutcome.Done)
            trace.SetTag("cdclab.order.status", step is ChangeStep { To: { } status } ? status : OrderStatus.Pending);
        else
            trace.SetStatus(ActivityStatusCode.Error, outcome is null ? "The service stopped." : "The order was changed by another client.");
    }

    /// <summary>Ends the span of an order: with its final status, or with the reason why this run does not finish it.</summary>
    public static void EndOrder(Activity? order, string? status, string? error = null)
    {
        if (order is null || ReferenceEquals(order, NotSampled))
            return;
        order.SetTag("cdclab.order.status", status);
        if (error is not null)
            order.SetStatus(ActivityStatusCode.Error, error);
        order.Dispose();
    }

    private static Activity MakeNotSampled()
    {
        Activity? before = Activity.Current;
        Activity notSampled = new Activity("not traced").SetIdFormat(ActivityIdFormat.W3C).Start();
        notSampled.IsAllDataRequested = false;
        Activity.Current = before;
        return notSampled;
    }
}
