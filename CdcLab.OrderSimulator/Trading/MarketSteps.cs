namespace CdcLab.OrderSimulator.Trading;

/// <summary>One step of the market: exactly one transaction.</summary>
internal abstract class MarketStep
{
    /// <summary>The time that the transaction writes into its rows: UTC, whole milliseconds as in the columns. It is set here and not by the server, so that after
    /// a lost answer the row can be told from another row that got the same id.</summary>
    public DateTime At { get; set; }

    public abstract string Name { get; }

    public abstract LedgerEntry Entry();

    public static DateTime Now(TimeProvider time)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        return new(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
    }
}

internal sealed class InsertStep(OrderPlan plan) : MarketStep
{
    public OrderPlan Plan => plan;

    /// <summary>The row's id; known from the INSERT on, before the commit.</summary>
    public long OrderId { get; set; }

    public override string Name => "insert";

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
        OrderType = plan.OrderType,
    };
}

/// <summary>Changes an order. It is refused if another client has changed the order since this simulator's last step.</summary>
internal abstract class ChangeStep(long orderId, int quantity, int executedBefore) : MarketStep
{
    public long OrderId => orderId;
    public int OrderQuantity => quantity;
    public int ExecutedBefore => executedBefore;

    public string From => OrderStatus.Of(executedBefore, quantity);

    public abstract string To { get; }
}

internal sealed class ExecuteStep(long orderId, int orderQuantity, int executedBefore, int quantity, int price) : ChangeStep(orderId, orderQuantity, executedBefore)
{
    public int Quantity => quantity;
    public int Price => price;

    /// <summary>The row's id; known from the INSERT on, before the commit.</summary>
    public long ExecutionId { get; set; }

    public override string Name => "execute";
    public override string To => OrderStatus.Of(ExecutedBefore + quantity, OrderQuantity);

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

internal sealed class CancelStep(long orderId, int quantity, int executedBefore) : ChangeStep(orderId, quantity, executedBefore)
{
    public override string Name => "cancel";
    public override string To => OrderStatus.Cancelled;

    public override LedgerEntry Entry() => new() { Kind = LedgerKind.Cancel, At = At, OrderId = OrderId, Status = To, Executed = ExecutedBefore };
}

internal sealed class PurgeStep(IReadOnlyList<long> orderIds) : MarketStep
{
    public IReadOnlyList<long> OrderIds => orderIds;

    public override string Name => "purge";

    public override LedgerEntry Entry() => new() { Kind = LedgerKind.Purge, At = At, OrderIds = orderIds };

    /// <summary>The ledger entry before the transaction.</summary>
    public LedgerEntry Intent() => Entry() with { Kind = LedgerKind.Purging };
}

/// <summary>The values of the column <c>status</c>.</summary>
internal static class OrderStatus
{
    public const string Pending = "PENDING";
    public const string Partial = "PARTIAL";
    public const string Filled = "FILLED";
    public const string Cancelled = "CANCELLED";

    /// <summary>The status of an order that is not cancelled, by its executed quantity.</summary>
    public static string Of(int executed, int quantity) => executed == 0 ? Pending : executed < quantity ? Partial : Filled;
}
