using System.Globalization;
using CdcLab.Clients.MySql;
using CdcLab.Model.Schema;
using MySqlConnector;

namespace CdcLab.Benchmarks.Market;

/// <summary>What a MySQL has committed, as it counts itself: the same measure for whoever commits.</summary>
/// <param name="Transactions">Transactions in the binlog, one GTID each.</param>
/// <param name="Orders">The last order's id.</param>
/// <param name="Executions">The last execution's id.</param>
internal sealed record Committed(long Transactions, long Orders, long Executions)
{
    public static async Task<Committed> ReadAsync(int port, string password, CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = new(MySqlConnectionStrings.Dedicated(port, DatabaseUser.Simulator.Name, password, OrdersSchema.Database));
        await connection.OpenAsync(cancellationToken);
        await using MySqlCommand command = new("SELECT @@GLOBAL.gtid_executed, (SELECT COALESCE(MAX(order_id), 0) FROM orders), (SELECT COALESCE(MAX(execution_id), 0) FROM order_executions)", connection);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        // One server and no replica: one identifier and one interval, such as 3e11fa47-...:1-77.
        string last = reader.GetString(0).Split(':', '-', ',')[^1];
        return new(long.Parse(last, CultureInfo.InvariantCulture), reader.GetInt64(1), reader.GetInt64(2));
    }

    public Committed Since(Committed before) => new(Transactions - before.Transactions, Orders - before.Orders, Executions - before.Executions);
}
