using CdcLab.Clients.Market;

namespace CdcLab.Verifier.Cdc;

/// <summary>A change that a line of the market's ledger makes one wait for.</summary>
internal sealed class ExpectedChange(LedgerEntry entry, bool isOrder, long id, bool isDelete)
{
    public bool IsOrder { get; } = isOrder;

    /// <summary>The row's key: that of the order, or of the execution.</summary>
    public long Id { get; } = id;

    public bool IsDelete { get; } = isDelete;

    public DateTime At { get; } = DateTime.SpecifyKind(entry.At, DateTimeKind.Utc);

    public long OrderId => IsOrder ? Id : entry.OrderId;

    /// <summary>Whether it is waited for no longer: it came, or was given up.</summary>
    public bool IsSettled { get; set; }

    /// <summary>What of an event is not what was committed; null where it agrees.</summary>
    public string? Differs(ChangeEvent change) => !IsOrder
        ? Of(change.Kind == ChangeKind.Insert, "it came as no INSERT") ?? Of(change.Execution?.OrderId == entry.OrderId, "its order") ?? Of(change.Execution?.Quantity == entry.Quantity, "its quantity")
            ?? Of(change.Execution?.Price == entry.Price, "its price")
        : entry.Kind == LedgerKind.Insert
            ? Of(change.Kind == ChangeKind.Insert, "it came as no INSERT") ?? Of(change.Order!.UserId == entry.UserId, "its user") ?? Of(change.Order.Symbol == entry.Symbol, "its symbol")
                ?? Of(change.Order.OrderType == entry.OrderType, "its type") ?? Of(change.Order.Quantity == entry.Quantity, "its quantity") ?? Of(change.Order.Price == entry.Price, "its price")
                ?? Of(change.Order.Status == entry.Status, "its status") ?? Of(change.Order.CreatedAt == At, "created_at")
            : Of(change.Kind == ChangeKind.Update, "it came as no UPDATE") ?? Of(change.Order!.Status == entry.Status, "its status")
                ?? Of(change.OrderBefore is not { } before || before.IsSame(change.Order with { Status = before.Status, UpdatedAt = before.UpdatedAt }), "what the market never changes");

    private static string? Of(bool same, string what) => same ? null : what.StartsWith("it ", StringComparison.Ordinal) ? what : $"{what} is not what was committed";
}
