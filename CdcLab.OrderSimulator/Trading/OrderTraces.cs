namespace CdcLab.OrderSimulator.Trading;

/// <summary>One trace for each sampled order: a span for the whole order, below it one for each step, below those the spans of MySqlConnector. Without a listener
/// there are no spans; an order that is not sampled costs one activity, which keeps its steps and statements from beginning traces of their own.</summary>
internal static class OrderTraces
{
    /// <summary>Later attempts of the same step are not traced: an order that waits for MySQL for days must not fill the dashboard.</summary>
    public const int MaxTracedAttempts = 20;

    private const string OrderId = "cdclab.order.id";

    private static readonly ActivitySource Source = new(MarketFigures.SourceName);

    /// <summary>Starts the span of an order, of one of an earlier run without its plan; null without a listener.</summary>
    public static Activity? BeginOrder(OrderPlan? plan = null)
    {
        if (!Source.HasListeners())
            return null;
        Activity.Current = null;
        Activity? order = Source.StartActivity("order");
        Activity.Current = null;
        return order?.SetTag("cdclab.order.symbol", plan?.Instrument.Symbol).SetTag("cdclab.order.type", plan?.OrderType).SetTag("cdclab.order.quantity", plan?.Quantity);
    }

    /// <summary>Starts the span of a step and makes it the parent of what the caller's method does from here on.</summary>
    public static Activity? BeginStep(Activity? order, MarketStep step)
    {
        if (order is null)
            return null;
        Activity.Current = order;
        return Source.StartActivity($"order {step.Name}");
    }

    /// <summary>Sets the result of a step; null if the service stopped before its end.</summary>
    public static void EndStep(Activity? trace, MarketStep step, bool? isDone)
    {
        if (trace is null)
            return;
        long? order = step is InsertStep insert ? insert.OrderId : (step as ChangeStep)?.OrderId;
        trace.SetTag(OrderId, order);
        trace.Parent?.SetTag(OrderId, order);
        if (step is ExecuteStep execute)
            trace.SetTag("cdclab.execution.id", execute.ExecutionId).SetTag("cdclab.execution.quantity", execute.Quantity);
        if (isDone == true)
            trace.SetTag("cdclab.order.status", step is ChangeStep { To: { } status } ? status : OrderStatus.Pending);
        else
            trace.SetStatus(ActivityStatusCode.Error, isDone is null ? "The service stopped." : "The order was changed by another client.");
    }

    /// <summary>Ends the span of an order: with its final status, or with the reason why this run does not finish it.</summary>
    public static void EndOrder(Activity? order, string? status, string? error = null)
    {
        order?.SetTag("cdclab.order.status", status);
        if (error is not null)
            order?.SetStatus(ActivityStatusCode.Error, error);
        order?.Dispose();
    }
}
