using CdcLab.Clients.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>An order is cancelled. What was executed of it stays.</summary>
/// <param name="orderId">The order's row.</param>
/// <param name="quantity">The order's quantity.</param>
/// <param name="executedBefore">What is executed of it.</param>
internal sealed class CancelStep(long orderId, int quantity, int executedBefore) : ChangeStep(orderId, quantity, executedBefore)
{
    /// <inheritdoc/>
    public override string Name => "cancel";

    /// <inheritdoc/>
    public override string To => OrderStatus.Cancelled;

    /// <inheritdoc/>
    public override LedgerEntry Entry() => new()
    {
        Kind = LedgerKind.Cancel,
        At = At,
        OrderId = OrderId,
        Status = To,
        Executed = ExecutedBefore,
    };
}
