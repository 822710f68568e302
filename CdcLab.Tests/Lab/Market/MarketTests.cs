using CdcLab.Clients.Market;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using CdcLab.Tests.Lab.MySql;
using MySqlConnector;
using Xunit;

namespace CdcLab.Tests.Lab.Market;

[Collection(ServersCollection.Name)]
[Trait("tier", "lab")]
public sealed class MarketTests(SharedMySql shared) : IClassFixture<SharedMySql>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly string[] Clear = ["DELETE FROM cdclab.order_executions", "DELETE FROM cdclab.orders"];

    private MySqlServerUnderTest Server => shared.Server;

    [Fact]
    public async Task Oldest_finished_orders_are_purged_and_the_ledger_names_them()
    {
        const int Keep = 300;
        await Server.ExecuteAsync(Clear);
        await using SimulatorUnderTest simulator = Simulator(new() { OrdersPerSecond = new(400), Seed = 1, KeepOrders = Keep });
        await simulator.StartAsync();
        await simulator.Until("orders were purged", Limit, s => s.Purged > 500);
        // Also while the market trades and purges.
        await simulator.AuditAsync(Server);
        await simulator.ComeToRestAsync();
        await simulator.Until("the purge caught up", Limit, s => s.Filled + s.Cancelled - s.Purged < Keep + (Keep / 10));
        LedgerAuditReport report = await simulator.AuditAsync(Server);

        Assert.True(report.Purged > 500);
        long[] left = await FirstColumnAsync("SELECT order_id FROM cdclab.orders ORDER BY order_id");
        Assert.InRange(left.Length, Keep, Keep + (Keep / 10));
        // The oldest went: hardly an order is left from below the last purged one (those that were still open then).
        List<long> purged = [];
        await foreach (LedgerEntry entry in new LedgerReader(simulator.LedgerPath).ReadAsync(TestContext.Current.CancellationToken))
            purged.AddRange(entry.Kind == LedgerKind.Purge ? entry.OrderIds! : []);
        Assert.True(purged.Average() < left.Average());
        Assert.Empty(purged.Intersect(left));
    }

    [Fact]
    public async Task Same_seed_and_one_worker_give_the_same_orders_at_any_rate()
    {
        string[] atMax = await OrdersAsync(OrderRate.Max);
        string[] slowly = await OrdersAsync(new OrderRate(150));
        Assert.Equal(atMax, slowly);

        async Task<string[]> OrdersAsync(OrderRate rate)
        {
            await using SimulatorUnderTest simulator = Simulator(new() { OrdersPerSecond = rate, Workers = 1, Seed = 77 });
            await simulator.StartAsync();
            await simulator.Until("orders are placed", Limit, s => s.Orders > 150);
            await simulator.ComeToRestAsync();
            List<LedgerEntry> entries = [];
            await foreach (LedgerEntry entry in new LedgerReader(simulator.LedgerPath).ReadAsync(TestContext.Current.CancellationToken))
                entries.Add(entry);
            return [.. entries.Where(e => e.Kind == LedgerKind.Insert).Take(100).Select(e =>
                $"{e.UserId} {e.OrderType} {e.Quantity} {e.Symbol} {e.Price}: {string.Join(", ", entries.Where(o => o.OrderId == e.OrderId && o.Kind != LedgerKind.Insert).Select(o => $"{o.Kind} {o.Quantity} {o.Price} {o.Status}"))}")];
        }
    }

    [Fact]
    public async Task Rate_is_kept_and_changes_at_once()
    {
        await using SimulatorUnderTest simulator = Simulator(new() { OrdersPerSecond = OrderRate.Paused, Seed = 9 });
        await simulator.StartAsync();
        MarketState rest = await simulator.Until("MySQL answers", Limit, s => s.MySqlAnswers == true);
        Assert.True(rest.Paused);
        Assert.Equal(0, rest.Orders);

        await simulator.Client.SetRateAsync(new OrderRate(200), TestContext.Current.CancellationToken);
        TimeProvider time = TimeProvider.System;
        long began = time.GetTimestamp();
        MarketState then = await simulator.Until("1000 orders", Limit, s => s.Orders >= 1000);
        double rate = then.Orders / time.GetElapsedTime(began).TotalSeconds;
        // The chance of 1000 Poisson arrivals is 3 %. A busy machine may be slower, but not so slow as the default of 20.
        Assert.InRange(rate, 40, 230);
        Assert.True(then.Commit.Count > 1000 && then.Commit.P50Milliseconds > 0 && then.Commit.P99Milliseconds >= then.Commit.P50Milliseconds);

        MarketState paused = await simulator.Client.PauseAsync(TestContext.Current.CancellationToken);
        MarketState end = await simulator.Until("every order came to its end", Limit, s => s.Open == 0);
        Assert.InRange(end.Orders, paused.Orders, paused.Orders + 4);
        await simulator.AuditAsync(Server);
    }

    [Fact]
    public async Task Audit_finds_what_was_lost_changed_and_done_twice()
    {
        await using SimulatorUnderTest simulator = Simulator(new() { OrdersPerSecond = new(300), Seed = 10 });
        await simulator.StartAsync();
        await simulator.Until("executions", Limit, s => s.Executions > 300);
        await simulator.ComeToRestAsync();
        await simulator.AuditAsync(Server);
        long[] filled = await FirstColumnAsync("SELECT order_id FROM cdclab.orders WHERE status = 'FILLED' ORDER BY order_id DESC LIMIT 4");
        await Server.ExecuteAsync(
            $"DELETE FROM cdclab.order_executions WHERE order_id = {filled[0]}",
            $"DELETE FROM cdclab.orders WHERE order_id = {filled[0]}",
            $"UPDATE cdclab.orders SET price = price + 1 WHERE order_id = {filled[1]}",
            $"INSERT INTO cdclab.order_executions (order_id, quantity, price) SELECT order_id, quantity, price FROM (SELECT * FROM cdclab.order_executions WHERE order_id = {filled[2]}) e",
            $"UPDATE cdclab.orders SET status = 'PENDING' WHERE order_id = {filled[3]}");

        await using MySqlConnection root = await Server.RootAsync();
        LedgerAuditReport report = await LedgerAudit.RunAsync(root, simulator.LedgerPath, TestContext.Current.CancellationToken);
        // The other tests of this class count on a clean database.
        await Server.ExecuteAsync(Clear);
        Assert.False(report.IsClean);
        Assert.All(filled, id => Assert.Contains(report.Problems, p => p.StartsWith($"order {id}", StringComparison.Ordinal)));
        Assert.DoesNotContain(report.Problems, p => !filled.Any(id => p.StartsWith($"order {id}", StringComparison.Ordinal)));
    }

    private SimulatorUnderTest Simulator(SimulatorOptions options) => new(Server.Port, Server.Passwords[DatabaseUser.Simulator.Name], options);

    private async Task<long[]> FirstColumnAsync(string sql)
    {
        await using MySqlConnection root = await Server.RootAsync();
        await using MySqlCommand command = new(sql, root);
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<long> values = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            values.Add(reader.GetInt64(0));
        return [.. values];
    }
}
