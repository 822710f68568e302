using CdcLab.Clients.Market;
using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class MarketAuditTests
{
    private readonly FakeMarket _market = new(5) { Kills = false };
    private readonly MarketAudit _audit = new(new MarketBook());

    public MarketAuditTests()
    {
        for (int i = 0; i < 300; i++)
            _market.Step();
        foreach (LedgerEntry entry in _market.Ledger)
            _audit.Book.TakeNewer(entry);
    }

    [Fact]
    public void Market_whose_rows_and_ledger_agree_is_ok_and_the_text_says_how_much_was_seen()
    {
        IReadOnlyList<Verdict> verdicts = Look();

        Assert.Equal(["market.invariants", "market.values", "market.ledger"], verdicts.Select(v => v.Id));
        Assert.All(verdicts, v => Assert.Equal(Outcome.Ok, v.Outcome));
        Assert.Equal($"seen; {_market.Rows.Count} compared with the ledger", verdicts[2].Actual);
    }

    [Fact]
    public void What_the_ledger_explains_follows_from_it_with_a_statement_and_is_right_again_when_the_row_is()
    {
        OrderRow row = Finished();
        _market.Rows[row.Id] = Changed(row, r => r with { Quantity = -1 });

        IReadOnlyList<Verdict> broken = Look();
        Assert.All(broken, v => Assert.Equal(Outcome.Failed, v.Outcome));
        Assert.Equal([["market.ledger"], ["market.ledger"], ["mysql.triggers"]], broken.Select(v => v.Follows));
        string update = $"`UPDATE cdclab.orders SET quantity = {row.Quantity}, updated_at = updated_at WHERE order_id = {row.Id}`";
        Assert.Contains(update, broken[2].Fix, StringComparison.Ordinal);
        Assert.Equal([row.Id], _audit.Broken);

        // Until a whole pass has seen no more, there may be some.
        Assert.Contains(MarketAudit.SetBackCommand, broken[2].Fix, StringComparison.Ordinal);
        Look(row.Id);
        Assert.Equal(FixText.Codes(broken[2].Fix!).SkipLast(1), FixText.Codes(Look(row.Id)[2].Fix!));

        _market.Rows[row.Id] = row;
        Assert.All(Look(row.Id), v => Assert.Equal(Outcome.Ok, v.Outcome));
        Assert.Empty(_audit.Broken);
    }

    [Fact]
    public void Order_that_is_gone_is_missing_and_set_back_with_its_executions()
    {
        OrderRow row = Finished();
        _market.Rows.Remove(row.Id);

        Verdict ledger = Look()[2];
        Assert.Contains($"order {row.Id} is missing", ledger.Actual, StringComparison.Ordinal);
        Assert.Contains($"`INSERT INTO cdclab.orders (order_id, ", ledger.Fix, StringComparison.Ordinal);
        Assert.Equal(row.Executions.Count, ledger.Fix!.Split("INSERT INTO cdclab.order_executions").Length - 1);
    }

    [Fact]
    public void Order_that_the_ledger_does_not_know_stands_by_itself_and_can_be_deleted()
    {
        MarketAudit without = new(new MarketBook());
        OrderRow row = new(5, 1, "005930", "BUY", 10, 54_050, "FILLED", _market.Now, _market.Now);

        without.Judge(Rows([row]), [], hasLedger: true, _market.Now);
        IReadOnlyList<Verdict> verdicts = without.Verdicts("seen", null, readsBack: false);

        Assert.Equal([Outcome.Failed, Outcome.Failed, Outcome.Ok], verdicts.Select(v => v.Outcome));
        Assert.Contains("order 5 has a price of 54050, which is on no tick", verdicts[1].Actual, StringComparison.Ordinal);
        Assert.All(verdicts.Take(2), v => Assert.Equal(["mysql.triggers"], v.Follows));
        Assert.All(verdicts.Take(2), v => Assert.Contains("`DELETE FROM cdclab.orders WHERE order_id = 5`", v.Fix, StringComparison.Ordinal));
        Assert.StartsWith("Wait", without.Verdicts("seen", null, readsBack: true)[0].Fix, StringComparison.Ordinal);
        without.IsLedgerWhole = false;
        Assert.All(without.Verdicts("seen", null, readsBack: false).Take(2), v => Assert.DoesNotContain("DELETE", v.Fix, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("does not answer", Outcome.Ok)]
    [InlineData("commits it", Outcome.Ok)]
    [InlineData("commits another since", Outcome.Failed)]
    [InlineData("commits nothing", Outcome.Failed)]
    public void Step_ahead_of_the_ledger_is_a_strangers_once_the_simulator_has_said_that_it_is_not_its_own(string simulator, Outcome outcome)
    {
        DateTime at = _market.Now;
        _market.Rows[90_000] = new(90_000, 1, "005930", "BUY", 1, 54_000, "PENDING", at, at);

        IReadOnlyList<OrderRow> ahead = _audit.Judge(Rows(_market.Rows.Values), [], hasLedger: true, at);
        _audit.Confirm(ahead, [], simulator switch
        {
            "does not answer" => null,
            "commits it" => State(at),
            "commits another since" => State(at.AddSeconds(1)),
            _ => State(null),
        });

        Assert.Equal([90_000L], ahead.Select(r => r.Id));
        Assert.Equal(outcome, _audit.Verdicts("seen", null, readsBack: false)[2].Outcome);
        Assert.Equal(outcome == Outcome.Ok ? 1 : 0, _audit.Judge(Rows(_market.Rows.Values), [], hasLedger: true, at).Count);
    }

    [Fact]
    public void What_moves_while_it_is_read_is_left_for_the_next_look()
    {
        OrderRow row = Finished();
        _market.Rows[row.Id] = Changed(row, r => r with { Quantity = row.Quantity + 1 });

        _audit.Judge(Rows(_market.Rows.Values), [row.Id], hasLedger: true, _market.Now);

        Assert.Equal(Outcome.Ok, _audit.Verdicts("seen", null, readsBack: false)[2].Outcome);
    }

    [Fact]
    public void Ledger_that_cannot_be_read_is_unknown_and_the_rows_are_judged()
    {
        _audit.Judge(Rows(_market.Rows.Values), [], hasLedger: false, _market.Now);

        Assert.Equal([Outcome.Ok, Outcome.Ok, Outcome.Unknown], _audit.Verdicts("seen", "The ledger cannot be read.", readsBack: false).Select(v => v.Outcome));
    }

    [Fact]
    public void List_of_what_is_broken_is_bounded_and_the_rest_is_found_by_the_next_passes()
    {
        MarketAudit without = new(new MarketBook());
        OrderRow[] rows = [.. Enumerable.Range(1, 2000).Select(id => new OrderRow(id, 0, "005930", "BUY", 1, 54_000, "PENDING", _market.Now, _market.Now))];

        without.Judge(Rows(rows), [], hasLedger: true, _market.Now);

        Assert.Equal(500, without.Broken.Count);
        Assert.StartsWith("500 and more orders", without.Verdicts("seen", null, readsBack: false)[1].Actual, StringComparison.Ordinal);
    }

    private OrderRow Finished() => _market.Rows.Values.First(r => r.Status == "FILLED");

    private IReadOnlyList<Verdict> Look(params IEnumerable<long> also)
    {
        Assert.Equal(_audit.Broken, also);
        Assert.Empty(_audit.Judge(Rows(_market.Rows.Values), [], hasLedger: true, _market.Now));
        return _audit.Verdicts("seen", null, readsBack: false);
    }

    private static OrderRow Changed(OrderRow row, Func<OrderRow, OrderRow> change) => change(FakeMarket.Copy(row));

    private static MarketRows Rows(IEnumerable<OrderRow> orders)
    {
        MarketRows rows = new();
        foreach (OrderRow row in orders)
            rows.Orders.Add(row.Id, row);
        rows.Ranges.Add((long.MinValue, long.MaxValue));
        return rows;
    }

    private static MarketState State(DateTime? committingSince) => MarketStates.Begun with { CommittingSince = committingSince };
}
