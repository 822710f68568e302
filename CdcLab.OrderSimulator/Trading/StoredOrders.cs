namespace CdcLab.OrderSimulator.Trading;

/// <summary>An open order of an earlier run, as it is stored.</summary>
internal sealed record UnfinishedOrder(long Id, int Quantity, decimal Price, int Executed)
{
    private const int PageSize = 500;

    /// <summary>Plans the rest of the order: two in three are filled by one more execution, the others cancelled. The same order always gets the same plan.</summary>
    public OpenOrder Resume()
    {
        Random random = new(unchecked((int)(Id * 2654435761)));
        TimeSpan after = TimeSpan.FromMilliseconds(random.Next(100, 1500));
        bool filled = Executed < Quantity && random.NextDouble() < 2.0 / 3;
        return filled
            ? new(Id, Quantity, Executed, [new Fill(Quantity - Executed, (int)Price, after)], null) { Resumed = true, Trace = OrderTraces.BeginOrder() }
            : new(Id, Quantity, Executed, [], after) { Resumed = true, Trace = OrderTraces.BeginOrder() };
    }

    /// <summary>The highest order id so far; 0 without orders. A locking read: it waits for an INSERT of an earlier simulator that
    /// the server has not decided yet.</summary>
    public static async Task<long> HighestAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = "SELECT order_id FROM orders ORDER BY order_id DESC LIMIT 1 FOR UPDATE";
        return await command.ExecuteScalarAsync(cancellationToken) is long highest ? highest : 0;
    }

    /// <summary>One page of the open orders above one id and up to another, by id; empty after the last page. Uses the index on status.</summary>
    public static async Task<IReadOnlyList<UnfinishedOrder>> PageAsync(MySqlConnection connection, long above, long upTo, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT o.order_id, o.quantity, o.price, (SELECT COALESCE(SUM(e.quantity), 0) FROM order_executions e WHERE e.order_id = o.order_id)
            FROM (
              (SELECT order_id FROM orders WHERE status = 'PENDING' AND order_id > @above AND order_id <= @upTo ORDER BY order_id LIMIT {PageSize})
              UNION ALL
              (SELECT order_id FROM orders WHERE status = 'PARTIAL' AND order_id > @above AND order_id <= @upTo ORDER BY order_id LIMIT {PageSize})
            ) l JOIN orders o USING (order_id)
            ORDER BY o.order_id LIMIT {PageSize}
            """;
        command.Parameters.AddWithValue("@above", above);
        command.Parameters.AddWithValue("@upTo", upTo);
        List<UnfinishedOrder> page = [];
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            page.Add(new(reader.GetInt64(0), reader.GetInt32(1), reader.GetDecimal(2), (int)reader.GetDecimal(3)));
        return page;
    }
}

/// <summary>The filled and cancelled orders. Both statements read only the index on status.</summary>
internal static class FinishedOrders
{
    /// <summary>Their number. Reads the whole index: used once at the start, then the market counts.</summary>
    public static async Task<long> CountAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandTimeout = 60;
        command.CommandText = "SELECT COUNT(*) FROM orders WHERE status IN ('FILLED', 'CANCELLED')";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>The ids of the oldest of them, ascending.</summary>
    public static async Task<IReadOnlyList<long>> OldestAsync(MySqlConnection connection, int count, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText =
            """
            (SELECT order_id FROM orders WHERE status = 'FILLED' ORDER BY order_id LIMIT @count)
            UNION ALL
            (SELECT order_id FROM orders WHERE status = 'CANCELLED' ORDER BY order_id LIMIT @count)
            ORDER BY order_id LIMIT @count
            """;
        command.Parameters.AddWithValue("@count", count);
        List<long> oldest = [];
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            oldest.Add(reader.GetInt64(0));
        return oldest;
    }
}
