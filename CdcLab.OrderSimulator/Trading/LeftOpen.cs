using CdcLab.OrderSimulator.Market;
using MySqlConnector;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>An order that an earlier run left open, as its rows say.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Quantity">Its quantity.</param>
/// <param name="Price">Its price.</param>
/// <param name="Executed">What is executed of it.</param>
internal sealed record LeftOpen(long Id, int Quantity, decimal Price, int Executed)
{
    private const int PageSize = 500;

    /// <summary>The order with a fate: two in three are filled by one more execution, the others cancelled. The same order always gets the same one.</summary>
    public OpenOrder TakeUp()
    {
        Random chance = new(unchecked((int)(Id * 2654435761)));
        TimeSpan after = TimeSpan.FromMilliseconds(chance.Next(100, 1500));
        bool filled = Executed < Quantity && chance.NextDouble() < 2.0 / 3;
        return filled
            ? new(Id, Quantity, Executed, [new Fill(Quantity - Executed, (int)Price, after)], null) { TakenUp = true, Trace = OrderTraces.Begin() }
            : new(Id, Quantity, Executed, [], after) { TakenUp = true, Trace = OrderTraces.Begin() };
    }

    /// <summary>The highest order id so far; 0 without orders. A locking read: it waits for an INSERT that a simulator before us sent and that the server
    /// has not decided yet.</summary>
    public static async Task<long> HighestAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandText = "SELECT order_id FROM orders ORDER BY order_id DESC LIMIT 1 FOR UPDATE";
        return await command.ExecuteScalarAsync(cancellationToken) is long highest ? highest : 0;
    }

    /// <summary>One page of the open orders between two ids, by the index on status.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="above">Only higher ids.</param>
    /// <param name="upTo">The highest id that is looked at.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Orders by id; none when there are no more.</returns>
    public static async Task<IReadOnlyList<LeftOpen>> PageAsync(MySqlConnection connection, long above, long upTo, CancellationToken cancellationToken)
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
        List<LeftOpen> page = [];
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            page.Add(new(reader.GetInt64(0), reader.GetInt32(1), reader.GetDecimal(2), (int)reader.GetDecimal(3)));
        return page;
    }
}
