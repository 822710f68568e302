using MySqlConnector;

namespace CdcLab.Tests.Lab.Sabotage;

public sealed class MarketSabotageTests(LabApplication lab) : SabotageTest(lab)
{
    // The table is walked in slices: at these sizes a pass takes a few looks.
    private static readonly TimeSpan PassLimit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("UPDATE cdclab.orders SET quantity = quantity + 1 WHERE status IN ('FILLED', 'CANCELLED') ORDER BY order_id LIMIT 1")]
    [InlineData("UPDATE cdclab.orders SET price = price + 0.5 WHERE status = 'FILLED' ORDER BY order_id LIMIT 1")]
    [InlineData("UPDATE cdclab.orders SET status = 'PENDING' WHERE status = 'FILLED' ORDER BY order_id LIMIT 1")]
    [InlineData("UPDATE cdclab.orders SET status = 'CANCELLED' WHERE status = 'FILLED' ORDER BY order_id LIMIT 3")]
    [InlineData("UPDATE cdclab.orders SET created_at = '2037-01-01', updated_at = updated_at WHERE status = 'FILLED' ORDER BY order_id LIMIT 1")]
    [InlineData("UPDATE cdclab.orders SET user_id = 0, symbol = 'NONE' WHERE status = 'FILLED' ORDER BY order_id LIMIT 1")]
    [InlineData("UPDATE cdclab.order_executions SET quantity = quantity + 1 ORDER BY execution_id LIMIT 1")]
    [InlineData("DELETE FROM cdclab.order_executions ORDER BY execution_id LIMIT 1")]
    [InlineData("INSERT INTO cdclab.orders (user_id, symbol, order_type, quantity, price) VALUES (1, '005930', 'BUY', 1, 54000)")]
    [InlineData("INSERT INTO cdclab.orders (user_id, symbol, order_type, quantity, price, status) VALUES (0, 'NONE', 'BUY', -1, 1.5, 'FILLED')")]
    [InlineData("INSERT INTO cdclab.order_executions (order_id, quantity, price) SELECT MIN(order_id), 1, 1 FROM cdclab.orders WHERE status = 'CANCELLED'")]
    [InlineData("SET SESSION sql_mode = ''; UPDATE cdclab.orders SET order_type = 'NONE', created_at = '0000-00-00' ORDER BY order_id LIMIT 1")]
    [InlineData("SET SESSION foreign_key_checks = 0; DELETE FROM cdclab.orders WHERE status = 'FILLED' ORDER BY order_id LIMIT 1")]
    public async Task What_somebody_else_changes_in_the_tables_is_not_as_the_ledger_has_it_and_is_set_back(string sabotage) =>
        await BreakAndHealAsync("market.ledger", () => RootAsync(sabotage), turnLimit: PassLimit);

    [Fact]
    public async Task What_a_dropped_column_held_is_set_back_by_a_command()
    {
        Verdict verdict = await BreakAsync("mysql.schema.order_executions", () => RootAsync("ALTER TABLE cdclab.order_executions DROP COLUMN executed_at"));
        Assert.Contains("what it held is lost", verdict.Actual, StringComparison.Ordinal);
        await TypeAsync(verdict.Fix!);
        (_, Verdict ledger, _) = await Lab.LookForVerdictAsync("market.ledger", Outcome.Failed, PassLimit);
        await TypeAsync(ledger.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        Lab.IsWhole = true;
    }

    [Fact]
    public async Task An_order_that_is_deleted_with_its_executions_comes_back()
    {
        long id = await LongAsync("SELECT MIN(order_id) FROM cdclab.orders WHERE status = 'FILLED'");
        const string Sum = "SELECT SUM(quantity) FROM cdclab.order_executions WHERE order_id = ";
        long before = await LongAsync(Sum + id);

        string sabotage = $"DELETE FROM cdclab.order_executions WHERE order_id = {id}; DELETE FROM cdclab.orders WHERE order_id = {id}";
        await BreakAndHealAsync("market.ledger", () => RootAsync(sabotage), turnLimit: PassLimit);

        Assert.Equal(before, await LongAsync(Sum + id));
    }

    // Other checks of MySQL may name the cause; the market's own fix heals too.
    [Theory]
    [InlineData("SET GLOBAL read_only = ON", "MySQL refuses: The MySQL server is running with the --read-only option", "mysql.mode")]
    [InlineData("ALTER USER 'simulator'@'%' ACCOUNT LOCK", "Account is locked (3118)", "mysql.grants.simulator")]
    public async Task A_refusal_of_MySQL_stops_the_market_and_is_told_in_its_words(string sabotage, string words, string cause)
    {
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
        await RootAsync(sabotage);
        await KillSessionsAsync();

        (_, Verdict verdict, _) = await Lab.VerdictAsync("order-simulator.market", Outcome.Failed, TimeSpan.FromSeconds(12));

        Assert.Contains(words, verdict.Actual, StringComparison.Ordinal);
        Assert.True(verdict.CausedBy is null || verdict.CausedBy == cause, verdict.CausedBy);
        await TypeAsync(verdict.Fix!);
        await Lab.AllOkAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_privilege_that_was_revoked_explains_a_market_that_stands_still()
    {
        Verdict verdict = await BreakAsync("mysql.grants.simulator", async () =>
        {
            await RootAsync("REVOKE UPDATE ON cdclab.* FROM 'simulator'@'%'");
            await KillSessionsAsync();
        });
        // A symptom may be told for a look before its cause is.
        (LabReport report, _) = await Deadline.WaitAsync(
            TimeSpan.FromSeconds(12), () => Lab.Verifier.ReportAsync(TestContext.Current.CancellationToken), r => r.Checks.Any(c => c is { Id: "order-simulator.market", Outcome: Outcome.Failed, CausedBy: not null }), "a market that stands still for a cause");
        Verdict market = report.Checks.Single(c => c.Id == "order-simulator.market");
        Assert.Equal(verdict.Id, market.CausedBy);
        Assert.Contains("UPDATE command denied", market.Actual, StringComparison.Ordinal);
        await RootAsync("GRANT UPDATE ON cdclab.* TO 'simulator'@'%'");
        await KillSessionsAsync();
        await Lab.AllOkAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_simulator_that_is_killed_again_and_again_leaves_nothing_that_is_called_wrong()
    {
        for (int i = 0; i < 4; i++)
        {
            await Lab.CommandAsync("order-simulator", "kill");
            await Lab.CommandAsync("order-simulator", "start");
            LabReport report = await Lab.AllOkAsync(TimeSpan.FromSeconds(60));
            Assert.Contains("compared with the ledger", report.Checks.Single(c => c.Id == "market.ledger").Actual, StringComparison.Ordinal);
        }
    }

    // Sessions keep the rights on a database that they had when they chose it.
    private async Task KillSessionsAsync()
    {
        await using MySqlConnection connection = await Lab.LogInAsync("root");
        List<long> ids = [];
        await using (MySqlCommand command = new("SELECT id FROM information_schema.processlist WHERE user = 'simulator'", connection))
        await using (MySqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken))
        {
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
                ids.Add(reader.GetInt64(0));
        }

        foreach (long id in ids)
        {
            try
            {
                await RootAsync($"KILL {id}");
            }
            catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.NoSuchThread)
            {
                // It has ended by itself.
            }
        }
    }

    private async Task<long> LongAsync(string sql)
    {
        await using MySqlConnection connection = await Lab.LogInAsync("root");
        await using MySqlCommand command = new(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }
}
