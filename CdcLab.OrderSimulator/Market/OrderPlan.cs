using System.Runtime.InteropServices;

namespace CdcLab.OrderSimulator.Market;

/// <summary>An order and its whole life, drawn before it reaches MySQL, so that the orders do not depend on MySQL's speed.</summary>
internal sealed record OrderPlan
{
    public required long UserId { get; init; }
    public required Instrument Instrument { get; init; }
    public required OrderSide Side { get; init; }

    /// <summary>The side as the column <c>order_type</c> has it.</summary>
    public string OrderType => Side == OrderSide.Buy ? "BUY" : "SELL";

    public required int Quantity { get; init; }

    /// <summary>The order's limit in won.</summary>
    public required int Price { get; init; }

    /// <summary>Its executions, in order. Their sum is the order's quantity exactly if it ends FILLED.</summary>
    public required IReadOnlyList<Fill> Fills { get; init; }

    /// <summary>The time from its last step to its cancellation; null for an order that is filled.</summary>
    public TimeSpan? CancelAfter { get; init; }
}

/// <summary>A planned execution.</summary>
/// <param name="Quantity">Number of shares.</param>
/// <param name="Price">The price in won.</param>
/// <param name="After">The time since the step before it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Fill(int Quantity, int Price, TimeSpan After);

internal enum OrderSide
{
    Buy,
    Sell,
}
