namespace CdcLab.OrderSimulator.Trading;

/// <summary>An open order of an earlier run, as it is stored.</summary>
internal sealed record UnfinishedOrder(long Id, int Quantity, decimal Price, int Executed)
{
    /// <summary>Plans the rest of the order: two in three are filled by one more execution, the others cancelled. The same order always gets the same plan.</summary>
    public OpenOrder Resume()
    {
        Random random = new(unchecked((int)(Id * 2654435761)));
        TimeSpan after = TimeSpan.FromMilliseconds(random.Next(100, 1500));
        bool filled = Executed < Quantity && random.NextDouble() < 2.0 / 3;
        Fill[] fills = filled ? [new Fill(Quantity - Executed, (int)Price, after)] : [];
        return new(Id, Quantity, Executed, fills, filled ? null : after);
    }
}

/// <summary>What is in the database: the open orders of earlier runs, and the finished ones that may be purged. All but the first read only the index on status.</summary>
internal static class StoredOrders
{
    private const int PageSize = 500;

    /// <summary>The highest order id so far; 0 without orders. A locking read: it waits for an INSERT of an earlier simulator that
    /// the server has not decided yet.</summary>
    public static async Task<long> HighestIdAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, "SELECT order_id FROM orders ORDER BY order_id DESC LIMIT 1 FOR UPDATE", r => r.GetInt64(0), cancellationToken)).FirstOrDefault();

    /// <summary>One page of the open orders above one id and up to another, by id; empty after the last page.</summary>
    public static Task<List<UnfinishedOrder>> UnfinishedAsync(MySqlConnection connection, long above, long upTo, CancellationToken cancellationToken) => ReadAsync(
        connection,
        $"""
        SELECT o.order_id, o.quantity, o.price, (SELECT COALESCE(SUM(e.quantity), 0) FROM order_executions e WHERE e.order_id = o.order_id)
        FROM (
          (SELECT order_id FROM orders WHERE status = 'PENDING' AND order_id > {above} AND order_id <= {upTo} ORDER BY order_id LIMIT {PageSize})
          UNION ALL
          (SELECT order_id FROM orders WHERE status = 'PARTIAL' AND order_id > {above} AND order_id <= {upTo} ORDER BY order_id LIMIT {PageSize})
        ) l JOIN orders o USING (order_id)
        ORDER BY o.order_id LIMIT {PageSize}
        """,
        r => new UnfinishedOrder(r.GetInt64(0), r.GetInt32(1), r.GetDecimal(2), (int)r.GetDecimal(3)),
        cancellationToken);

    /// <summary>The number of finished orders. Reads the whole index: used once at the start, then the market counts.</summary>
    public static async Task<long> CountFinishedAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        (await ReadAsync(connection, "SELECT COUNT(*) FROM orders WHERE status IN ('FILLED', 'CANCELLED')", r => r.GetInt64(0), cancellationToken, timeoutSeconds: 60))[0];

    public static Task<List<long>> OldestFinishedAsync(MySqlConnection connection, int count, CancellationToken cancellationToken) => ReadAsync(
        connection,
        $"""
        (SELECT order_id FROM orders WHERE status = 'FILLED' ORDER BY order_id LIMIT {count})
        UNION ALL
        (SELECT order_id FROM orders WHERE status = 'CANCELLED' ORDER BY order_id LIMIT {count})
        ORDER BY order_id LIMIT {count}
        """,
        r => r.GetInt64(0),
        cancellationToken);

    // The statements have numbers in them only: no injection is possible.
    private static async Task<List<T>> ReadAsync<T>(MySqlConnection connection, string text, Func<MySqlDataReader, T> row, CancellationToken cancellationToken, int timeoutSeconds = 5)
    {
        await using MySqlCommand command = new(text, connection) { CommandTimeout = timeoutSeconds };
        List<T> rows = [];
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(row(reader));
        return rows;
    }
}
