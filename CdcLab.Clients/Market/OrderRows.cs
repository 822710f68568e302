namespace CdcLab.Clients.Market;

/// <summary>One order and its executions, read in one snapshot.</summary>
internal sealed class OrderRows
{
    /// <summary>Time limit of a statement of the audit in seconds; the tables can be large.</summary>
    public const int CommandTimeout = 120;

    private readonly List<Execution> _executions = [];

    private long UserId { get; init; }
    private string Symbol { get; init; } = "";
    private string OrderType { get; init; } = "";
    private int Quantity { get; init; }
    private decimal Price { get; init; }
    private string Status { get; init; } = "";
    private DateTime CreatedAt { get; init; }

    /// <summary>Reads orders with their executions, by order id; orders that do not exist are left out.</summary>
    public static async Task<Dictionary<long, OrderRows>> ReadAsync(MySqlConnection connection, IEnumerable<long> orderIds, CancellationToken cancellationToken)
    {
        string ids = string.Join(',', orderIds);
        Dictionary<long, OrderRows> rows = [];
        await using MySqlCommand command = new(
            $"""
            START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY;
            SELECT order_id, user_id, symbol, order_type, quantity, price, status, created_at FROM {OrdersSchema.Database}.{OrdersSchema.Orders.Name} WHERE order_id IN ({ids});
            SELECT order_id, execution_id, quantity, price, executed_at FROM {OrdersSchema.Database}.{OrdersSchema.OrderExecutions.Name} WHERE order_id IN ({ids}) ORDER BY execution_id;
            COMMIT
            """,
            connection);
        command.CommandTimeout = CommandTimeout;
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows[reader.GetInt64(0)] = new()
            {
                UserId = reader.GetInt64(1),
                Symbol = reader.GetString(2),
                OrderType = reader.GetString(3),
                Quantity = reader.GetInt32(4),
                Price = reader.GetDecimal(5),
                Status = reader.GetString(6),
                CreatedAt = reader.GetDateTime(7),
            };
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (rows.TryGetValue(reader.GetInt64(0), out OrderRows? order))
                order._executions.Add(new(reader.GetInt64(1), reader.GetInt32(2), reader.GetDecimal(3), reader.GetDateTime(4)));
        }

        return rows;
    }

    /// <summary>How these rows contradict an acknowledged commit, which later commits may have followed; null where they do not.</summary>
    public string? Contradiction(LedgerEntry entry) => entry.Kind switch
    {
        LedgerKind.Insert => OfInsert(entry),
        LedgerKind.Execute => OfExecute(entry),
        LedgerKind.Cancel => Status == "CANCELLED" && Sum() == entry.Executed
            ? null
            : $"the row is {Status} with {Sum()} executed, the ledger says CANCELLED with {entry.Executed}",
        _ => null,
    };

    private string? OfInsert(LedgerEntry entry) =>
        (UserId, Symbol, OrderType, Quantity, Price) == (entry.UserId, entry.Symbol, entry.OrderType, entry.Quantity, entry.Price) && CreatedAt.Ticks == entry.At.Ticks
            ? null
            : $"the row is another order ({OrderType} {Quantity} {Symbol} at {Price} by {UserId}, {CreatedAt:O}), the ledger says {entry.OrderType} {entry.Quantity} {entry.Symbol} at {entry.Price} by {entry.UserId}";

    private string? OfExecute(LedgerEntry entry)
    {
        int index = _executions.FindIndex(e => e.Id == entry.ExecutionId);
        if (index < 0)
            return $"there is no execution {entry.ExecutionId}";
        Execution row = _executions[index];
        if (row.Quantity != entry.Quantity || row.Price != entry.Price || row.At.Ticks != entry.At.Ticks)
            return $"execution {row.Id} is {row.Quantity} at {row.Price}, {row.At:O}; the ledger says {entry.Quantity} at {entry.Price}";
        // Executions of one order are sequential, so their ids ascend: one that was done twice shows in the sum of every later one.
        int upTo = _executions.Take(index + 1).Sum(e => e.Quantity);
        if (upTo != entry.Executed)
            return $"{upTo} is executed up to execution {row.Id}, the ledger says {entry.Executed}";
        return Status == entry.Status || (entry.Status == "PARTIAL" && Status is "FILLED" or "CANCELLED")
            ? null
            : $"the row is {Status}, the ledger says {entry.Status}";
    }

    private int Sum() => _executions.Sum(e => e.Quantity);

    private sealed record Execution(long Id, int Quantity, decimal Price, DateTime At);
}
