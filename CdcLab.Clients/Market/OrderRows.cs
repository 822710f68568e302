namespace CdcLab.Clients.Market;

/// <summary>One order and its executions by their ids, read in one snapshot.</summary>
internal sealed record OrderRows(OrderRows.Order Row, IReadOnlyList<OrderRows.Execution> Executions)
{
    private int Executed => Executions.Sum(e => e.Quantity);

    /// <summary>Reads orders with their executions, by order id; orders that do not exist are left out.</summary>
    public static async Task<Dictionary<long, OrderRows>> ReadAsync(MySqlConnection connection, IEnumerable<long> orderIds, CancellationToken cancellationToken)
    {
        string ids = string.Join(',', orderIds.Append(0));
        string sql = $"""
            START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;
            SELECT order_id AS OrderId, user_id AS UserId, symbol, order_type AS OrderType, quantity, price, status, created_at AS At
              FROM {OrdersSchema.Database}.{OrdersSchema.Orders.Name} WHERE order_id IN ({ids});
            SELECT order_id AS OrderId, execution_id AS Id, quantity, price, executed_at AS At
              FROM {OrdersSchema.Database}.{OrdersSchema.OrderExecutions.Name} WHERE order_id IN ({ids}) ORDER BY execution_id;
            COMMIT
            """;
        await using SqlMapper.GridReader rows = await connection.QueryMultipleAsync(Command(sql, cancellationToken));
        IEnumerable<Order> orders = await rows.ReadAsync<Order>();
        ILookup<long, Execution> executions = (await rows.ReadAsync<Execution>()).ToLookup(e => e.OrderId);
        return orders.ToDictionary(o => o.OrderId, o => new OrderRows(o, [.. executions[o.OrderId]]));
    }

    /// <summary>A statement of the audit; the tables can be large.</summary>
    public static CommandDefinition Command(string sql, CancellationToken cancellationToken) =>
        new(sql, commandTimeout: 120, cancellationToken: cancellationToken);

    /// <summary>How these rows contradict an acknowledged commit, which later commits may have followed; null where they do not.</summary>
    public string? Contradiction(LedgerEntry entry) => entry.Kind switch
    {
        LedgerKind.Insert => OfInsert(entry),
        LedgerKind.Execute => OfExecute(entry),
        LedgerKind.Cancel => Row.Status == "CANCELLED" && Executed == entry.Executed
            ? null
            : $"the row is {Row.Status} with {Executed} executed, the ledger says CANCELLED with {entry.Executed}",
        _ => null,
    };

    private string? OfInsert(LedgerEntry entry) =>
        (Row.UserId, Row.Symbol, Row.OrderType) == (entry.UserId, entry.Symbol, entry.OrderType)
        && (Row.Quantity, Row.Price, Row.At.Ticks) == (entry.Quantity, entry.Price, entry.At.Ticks)
            ? null
            : $"the row is another order ({Row}), the ledger says {entry.OrderType} {entry.Quantity} {entry.Symbol} at {entry.Price} by {entry.UserId}";

    private string? OfExecute(LedgerEntry entry)
    {
        if (Executions.FirstOrDefault(e => e.Id == entry.ExecutionId) is not { } row)
            return $"there is no execution {entry.ExecutionId}";
        if (row.Quantity != entry.Quantity || row.Price != entry.Price || row.At.Ticks != entry.At.Ticks)
            return $"execution {row.Id} is {row.Quantity} at {row.Price}, {row.At:O}; the ledger says {entry.Quantity} at {entry.Price}";
        // Executions of one order are sequential, so their ids ascend: one that was done twice shows in the sum of every later one.
        int upTo = Executions.Where(e => e.Id <= row.Id).Sum(e => e.Quantity);
        if (upTo != entry.Executed)
            return $"{upTo} is executed up to execution {row.Id}, the ledger says {entry.Executed}";
        return Row.Status == entry.Status || (entry.Status == "PARTIAL" && Row.Status is "FILLED" or "CANCELLED")
            ? null
            : $"the row is {Row.Status}, the ledger says {entry.Status}";
    }

    internal sealed record Order(long OrderId, long UserId, string Symbol, string OrderType, int Quantity, decimal Price, string Status, DateTime At)
    {
        public override string ToString() => $"{OrderType} {Quantity} {Symbol} at {Price} by {UserId}, {At:O}";
    }

    internal sealed record Execution(long OrderId, long Id, int Quantity, decimal Price, DateTime At);
}
