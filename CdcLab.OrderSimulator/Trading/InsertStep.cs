using CdcLab.Clients.Market;
using CdcLab.OrderSimulator.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>An order is placed.</summary>
/// <param name="plan">The order.</param>
internal sealed class InsertStep(OrderPlan plan) : MarketStep
{
    /// <summary>The order.</summary>
    public OrderPlan Plan => plan;

    /// <summary>The row's id, once the INSERT returned it; that is before the commit.</summary>
    public long OrderId { get; set; }

    /// <inheritdoc/>
    public override string Name => "insert";

    /// <summary>The side, as the database writes it.</summary>
    public string OrderType => plan.Side == OrderSide.Buy ? "BUY" : "SELL";

    /// <inheritdoc/>
    public override LedgerEntry Entry() => new()
    {
        Kind = LedgerKind.Insert,
        At = At,
        OrderId = OrderId,
        Status = OrderStatus.Pending,
        Quantity = plan.Quantity,
        Price = plan.Price,
        UserId = plan.UserId,
        Symbol = plan.Instrument.Symbol,
        OrderType = OrderType,
    };
}
