namespace CdcLab.OrderSimulator.Market;

/// <summary>An order and its whole fate, drawn before anything of it reaches MySQL: chance never depends on how fast MySQL is.</summary>
internal sealed record OrderPlan
{
    /// <summary>Who orders.</summary>
    public required long UserId { get; init; }

    /// <summary>The share.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>Bought or sold.</summary>
    public required OrderSide Side { get; init; }

    /// <summary>How many shares.</summary>
    public required int Quantity { get; init; }

    /// <summary>The order's limit in won.</summary>
    public required int Price { get; init; }

    /// <summary>Its executions, in order. Their quantities sum up to the order's exactly when it ends FILLED.</summary>
    public required IReadOnlyList<Fill> Fills { get; init; }

    /// <summary>How long after its last step the order is cancelled; null for an order that is filled.</summary>
    public TimeSpan? CancelAfter { get; init; }
}
