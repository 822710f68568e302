using System.Diagnostics;
using CdcLab.OrderSimulator.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>One trace for each order that is sampled: a span for its life, which ends with it, below it one for each step, below those MySQL's. Without a listener
/// nothing is made; what is not sampled costs one activity for an order, and nothing for its steps and statements.</summary>
internal static class OrderTraces
{
    /// <summary>After so many tries of one step no more of them are traced: an order that waits for a MySQL that is gone for days must not fill a dashboard.</summary>
    public const int MostTries = 20;

    private const string OrderId = "cdclab.order.id";

    private static readonly ActivitySource Source = new(MarketFigures.SourceName);

    /// <summary>Stands for the trace of every order that has none: what is begun below it, by whomever, is not sampled.</summary>
    public static Activity None { get; } = MakeNone();

    /// <summary>An order's life begins.</summary>
    /// <param name="plan">The order; null for one that an earlier run placed.</param>
    /// <returns>Its span, or <see cref="None"/>; null where nobody listens.</returns>
    public static Activity? Begin(OrderPlan? plan = null)
    {
        if (!Source.HasListeners())
            return null;
        Activity.Current = null;
        Activity? life = Source.StartActivity("order");
        Activity.Current = null;
        if (life is not { Recorded: true })
        {
            life?.Dispose();
            return None;
        }

        if (plan is not null)
        {
            life.SetTag("cdclab.order.symbol", plan.Instrument.Symbol)
                .SetTag("cdclab.order.type", plan.Side == OrderSide.Buy ? "BUY" : "SELL")
                .SetTag("cdclab.order.quantity", plan.Quantity);
        }

        return life;
    }

    /// <summary>A step begins. Whatever the caller does from here on belongs to it, until the caller's own method ends.</summary>
    /// <param name="life">The order's span.</param>
    /// <param name="step">The step.</param>
    /// <returns>The step's span; null where there is none.</returns>
    public static Activity? Step(Activity? life, MarketStep step)
    {
        if (life is null)
            return null;
        Activity.Current = life;
        return ReferenceEquals(life, None) ? null : Source.StartActivity($"order {step.Name}");
    }

    /// <summary>A step ended, or was given up.</summary>
    /// <param name="trace">Its span.</param>
    /// <param name="step">The step.</param>
    /// <param name="outcome">How it ended; null where the service stopped before.</param>
    public static void Stepped(Activity? trace, MarketStep step, StepOutcome? outcome)
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
            trace.SetStatus(ActivityStatusCode.Error, outcome is null ? "The service stopped." : "The order is not as this simulator left it.");
    }

    /// <summary>An order's life ended, or this run lets it go.</summary>
    /// <param name="life">The order's span.</param>
    /// <param name="status">Its last status; null where it is not known or not its last.</param>
    /// <param name="why">Why it was let go before its end; null at its end.</param>
    public static void End(Activity? life, string? status, string? why = null)
    {
        if (life is null || ReferenceEquals(life, None))
            return;
        life.SetTag("cdclab.order.status", status);
        if (why is not null)
            life.SetStatus(ActivityStatusCode.Error, why);
        life.Dispose();
    }

    private static Activity MakeNone()
    {
        Activity? before = Activity.Current;
        Activity none = new Activity("not traced").SetIdFormat(ActivityIdFormat.W3C).Start();
        none.IsAllDataRequested = false;
        Activity.Current = before;
        return none;
    }
}
