namespace CdcLab.Model.Schema;

/// <summary>The stock-order schema that CDC captures (specification, section 2.4).</summary>
public static class OrdersSchema
{
    /// <summary>The database's name.</summary>
    public const string Database = "cdclab";

    /// <summary>An order's life. Milliseconds in its times, because end-to-end latency is measured from them.</summary>
    public static TableSpec Orders { get; } = new(
        "orders",
        [
            new("order_id", "bigint", "AUTO_INCREMENT"),
            new("user_id", "bigint"),
            new("symbol", "varchar(20)"),
            new("order_type", "enum('BUY','SELL')"),
            new("quantity", "int"),
            new("price", "decimal(15,2)"),
            new("status", "enum('PENDING','FILLED','CANCELLED','PARTIAL')", "DEFAULT 'PENDING'"),
            new("created_at", "datetime(3)", "DEFAULT CURRENT_TIMESTAMP(3)"),
            new("updated_at", "datetime(3)", "DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"),
        ],
        PrimaryKey: "order_id",
        Indexes: [("orders_status", "status, order_id")]);

    /// <summary>The parts in which an order was executed.</summary>
    public static TableSpec OrderExecutions { get; } = new(
        "order_executions",
        [
            new("execution_id", "bigint", "AUTO_INCREMENT"),
            new("order_id", "bigint"),
            new("quantity", "int"),
            new("price", "decimal(15,2)"),
            new("executed_at", "datetime(3)", "DEFAULT CURRENT_TIMESTAMP(3)"),
        ],
        PrimaryKey: "execution_id",
        Indexes: [("order_executions_order", "order_id")],
        ForeignKey: ("order_id", "orders", "order_id"));

    /// <summary>All tables, in the order in which they can be made.</summary>
    public static IReadOnlyList<TableSpec> Tables { get; } = [Orders, OrderExecutions];
}
