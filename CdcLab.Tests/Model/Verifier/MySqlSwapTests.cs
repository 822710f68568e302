using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

/// <summary>What acts beside the market, and tables that were put in place of its own; lab tests type the statements into a real server.</summary>
[Trait("tier", "model")]
public sealed class MySqlSwapTests
{
    [Fact]
    public void Orders_go_back_with_what_was_written_since_in_one_session()
    {
        MarketKey key = new("cdclab", "order_executions", "cdclab", "orders_old");

        string swap = Assert.Single(key.SwapBack(OrdersSchema.Orders));

        Assert.Equal(("cdclab.orders_old", "cdclab.order_executions"), (key.Old(OrdersSchema.Orders), key.Old(OrdersSchema.OrderExecutions)));
        Assert.StartsWith("LOCK TABLES cdclab.orders WRITE, cdclab.orders_old WRITE, cdclab.order_executions WRITE; INSERT INTO cdclab.orders_old SELECT * FROM cdclab.orders ", swap, StringComparison.Ordinal);
        Assert.EndsWith("RENAME TABLE cdclab.orders TO cdclab.orders_between, cdclab.orders_old TO cdclab.orders; UNLOCK TABLES; DROP TABLE cdclab.orders_between", swap, StringComparison.Ordinal);
        Assert.True(FixText.IsStatement(swap));
    }

    [Fact]
    public void Executions_go_back_under_new_ids_where_theirs_were_given_out_again() => Assert.Contains(
        "SELECT IF(execution_id <= @last, NULL, execution_id), order_id, quantity, price, executed_at FROM cdclab.order_executions ",
        new MarketKey("cdclab", "old one", "cdclab", "orders_old").SwapBack(OrdersSchema.Orders).Last(),
        StringComparison.Ordinal);

    [Fact]
    public void Trigger_and_event_are_named_and_dropped()
    {
        Verdict verdict = Triggers([new("TRIGGER", "cdclab", "closed today", "BEFORE INSERT ON cdclab.orders"), new("EVENT", "other", "cleanup", "RECURRING of root@%")]);

        Assert.Equal("trigger cdclab.closed today (BEFORE INSERT ON cdclab.orders); event other.cleanup (RECURRING of root@%)", verdict.Actual);
        Assert.Equal(["DROP TRIGGER IF EXISTS cdclab.`closed today`", "DROP EVENT IF EXISTS other.cleanup"], FixText.Codes(verdict.Fix!));
        Assert.Equal((Outcome.Ok, Outcome.Unknown), (Triggers([]).Outcome, Triggers(null).Outcome));
        Assert.StartsWith("MySQL refuses the lab's root: Access denied.", Triggers(null, "Access denied").Because, StringComparison.Ordinal);
    }

    private static Verdict Triggers(IReadOnlyList<MySqlTrigger>? found, string? refusal = null) =>
        MySqlTriggersCheck.Judge(new() { At = DateTimeOffset.UnixEpoch, Containers = false, Triggers = found, RootRefusal = refusal });
}
