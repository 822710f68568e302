using CdcLab.Clients.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>A part of an order is executed.</summary>
/// <param name="orderId">The order's row.</param>
/// <param name="orderQuantity">The order's quantity.</param>
/// <param name="executedBefore">What is executed of it before.</param>
/// <param name="quantity">How many shares are executed now.</param>
/// <param name="price">At what price.</param>
internal sealed class ExecuteStep(long orderId, int orderQuantity, int executedBefore, int quantity, int price) : ChangeStep(orderId, orderQuantity, executedBefore)
{
    /// <summary>How many shares are executed now.</summary>
    public int Quantity => quantity;

    /// <summary>At what price.</summary>
    public int Price => price;

    /// <summary>The execution's row, once the INSERT returned it; that is before the commit.</summary>
    public long ExecutionId { get; set; }

    /// <inheritdoc/>
    public override string Name => "execute";

    /// <inheritdoc/>
    public override string To => OrderStatus.Of(ExecutedBefore + quantity, OrderQuantity);

    /// <inheritdoc/>
    public override LedgerEntry Entry() => new()
    {
        Kind = LedgerKind.Execute,
        At = At,
        OrderId = OrderId,
        Status = To,
        ExecutionId = ExecutionId,
        Quantity = quantity,
        Price = price,
        Executed = ExecutedBefore + quantity,
    };
}
