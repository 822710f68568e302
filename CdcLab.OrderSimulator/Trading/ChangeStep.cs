namespace CdcLab.OrderSimulator.Trading;

/// <summary>A step that changes an order. It is done only when the order is exactly as this simulator left it.</summary>
/// <param name="orderId">The order's row.</param>
/// <param name="quantity">The order's quantity.</param>
/// <param name="executedBefore">What is executed of it before the step.</param>
internal abstract class ChangeStep(long orderId, int quantity, int executedBefore) : MarketStep
{
    /// <summary>The order's row.</summary>
    public long OrderId => orderId;

    /// <summary>The order's quantity.</summary>
    public int OrderQuantity => quantity;

    /// <summary>What is executed of it before the step.</summary>
    public int ExecutedBefore => executedBefore;

    /// <summary>The order's status before the step.</summary>
    public string From => OrderStatus.Of(executedBefore, quantity);

    /// <summary>The order's status after the step.</summary>
    public abstract string To { get; }
}
