using MySqlConnector;

namespace CdcLab.Tests.Lab;

[Collection(LabCollectionDefinition.Name)]
[Trait("tier", "lab")]
public sealed class MarketCommandTests(LabApplication lab)
{
    private static readonly TimeSpan TurnLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WholeLimit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_market_is_paused_resumed_doubled_and_halved_by_commands()
    {
        await lab.AllOkAsync(WholeLimit);
        await lab.CommandAsync("order-simulator", "market-double");
        await Deadline.WaitAsync(TurnLimit, () => lab.Verifier.ReportAsync(TestContext.Current.CancellationToken), r => r.OrdersPerSecond == "40", "the doubled rate");
        await lab.CommandAsync("order-simulator", "market-halve");
        await lab.CommandAsync("order-simulator", "market-pause");
        (LabReport paused, Verdict market, _) = await lab.VerdictAsync("order-simulator.market", Outcome.Ok, TurnLimit);
        await Deadline.WaitAsync(TurnLimit, () => lab.Verifier.ReportAsync(TestContext.Current.CancellationToken), r => r.Checks.Single(c => c.Id == market.Id).Actual!.StartsWith("paused", StringComparison.Ordinal), "the pause");
        long before = await OrdersAsync();
        await lab.CommandAsync("order-simulator", "market-resume");
        await Deadline.WaitAsync(TurnLimit, OrdersAsync, now => now > before, "more orders");
        Assert.NotNull(paused.Orders);
    }

    private async Task<long> OrdersAsync()
    {
        await using MySqlConnection connection = await lab.LogInAsync("debezium");
        await using MySqlCommand command = new("SELECT COALESCE(MAX(order_id), 0) FROM cdclab.orders", connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }
}
