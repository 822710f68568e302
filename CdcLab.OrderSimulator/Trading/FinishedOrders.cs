using System.Globalization;
using MySqlConnector;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>The orders that came to their end, as far as the purge needs to know them. Both statements read the index on status and nothing else.</summary>
internal static class FinishedOrders
{
    /// <summary>How many there are. Reads the whole index: once at the start, then the market counts along.</summary>
    public static async Task<long> CountAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = connection.CreateCommand();
        command.CommandTimeout = 60;
        command.CommandText = "SELECT COUNT(*) FROM orders WHERE status IN ('FILLED', 'CANCELLED')";
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    /// <summary>The oldest of them.</summary>
    /// <param name="connection">A connection.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Order ids, ascending.</returns>
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
