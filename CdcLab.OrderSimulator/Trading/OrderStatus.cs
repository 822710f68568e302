namespace CdcLab.OrderSimulator.Trading;

/// <summary>An order's states, as the database writes them.</summary>
internal static class OrderStatus
{
    public const string Pending = "PENDING";
    public const string Partial = "PARTIAL";
    public const string Filled = "FILLED";
    public const string Cancelled = "CANCELLED";

    /// <summary>The state that an executed quantity means, as long as the order is not cancelled.</summary>
    public static string Of(int executed, int quantity) => executed == 0 ? Pending : executed < quantity ? Partial : Filled;
}
