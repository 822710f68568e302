using CdcLab.Clients.Market;
using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class MarketBookTests
{
    [Property(MaxTest = 150)]
    public void Whatever_the_market_does_and_however_often_it_is_killed_no_row_differs_and_none_is_missing(int seed)
    {
        FakeMarket market = new(seed);
        for (int i = 0; i < 400; i++)
            market.Step();
        MarketBook book = Read(market, new Random(seed));

        Match[] right = [Match.Same, Match.NotKnown, Match.Unwritten];
        Assert.All(market.Rows.Values, row => Assert.True(right.Contains(book.Compare(row).Match), $"{row}: {book.Compare(row)}"));
        Assert.Empty(book.Expected(long.MinValue, long.MaxValue).Except(market.Rows.Keys));
        Assert.All(market.Rows.Values, row => Assert.Null(MarketRules.Invariant(row)));
        Assert.All(market.Rows.Values, row => Assert.Null(MarketRules.Value(row, market.Now, judgeTimes: true)));
    }

    [Property(MaxTest = 100)]
    public void Step_whose_line_is_not_written_yet_is_ahead_and_then_the_same(int seed)
    {
        FakeMarket market = new(seed) { Kills = false };
        for (int i = 0; i < 200; i++)
            market.Step();
        MarketBook book = Read(market, new Random(1), wholly: true);
        for (int i = 0; i < 30; i++)
        {
            int lines = market.Ledger.Count;
            if (market.Step() is not { } id || !market.Rows.TryGetValue(id, out OrderRow? row))
                continue;
            Comparison comparison = book.Compare(row);
            Assert.Equal((Match.Ahead, row.UpdatedAt), (comparison.Match, comparison.At));
            foreach (LedgerEntry entry in market.Ledger.Skip(lines))
                book.TakeNewer(entry);
            Assert.Equal(Match.Same, book.Compare(row).Match);
        }
    }

    [Fact]
    public void What_a_killed_simulator_executed_before_a_step_with_a_line_stays_whatever_its_time_and_is_missed()
    {
        int found = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            FakeMarket market = new(seed);
            for (int i = 0; i < 400; i++)
                market.Step();
            MarketBook book = Read(market, new Random(1), wholly: true);
            foreach (OrderRow row in market.Rows.Values.Where(r => r.Status == "FILLED" && book.Find(r.Id) is { Status: "FILLED" } known && known.Executed < r.Quantity))
            {
                found++;
                long[] known = [.. book.Find(row.Id)!.Executions.Select(e => e.Id)];
                OrderRow later = FakeMarket.Copy(row), without = FakeMarket.Copy(row);
                for (int i = 0; i < later.Executions.Count; i++)
                    later.Executions[i] = known.Contains(later.Executions[i].Id) ? later.Executions[i] : later.Executions[i] with { At = market.Now.AddDays(1) };
                without.Executions.RemoveAll(e => !known.Contains(e.Id));

                Assert.Equal(Match.Unwritten, book.Compare(later).Match);
                Comparison missed = book.Compare(without);
                Assert.Equal(Match.Differs, missed.Match);
                Assert.StartsWith("INSERT INTO cdclab.order_executions (order_id, quantity, price, executed_at)", Assert.Single(missed.Fix).Sql, StringComparison.Ordinal);
            }
        }

        Assert.True(found > 0, "No killed simulator left anything.");
    }

    public static TheoryData<string, string> Sabotages => new()
    {
        { "quantity", "UPDATE cdclab.orders SET quantity = " },
        { "price", "UPDATE cdclab.orders SET price = " },
        { "status", "UPDATE cdclab.orders SET status = " },
        { "user", "UPDATE cdclab.orders SET user_id = " },
        { "created", "UPDATE cdclab.orders SET created_at = " },
        { "updated", "UPDATE cdclab.orders SET updated_at = " },
        { "execution changed", "ON DUPLICATE KEY UPDATE" },
        { "execution gone", "INSERT INTO cdclab.order_executions" },
        { "execution added", "DELETE FROM cdclab.order_executions WHERE execution_id = 999999" },
    };

    [Theory]
    [MemberData(nameof(Sabotages))]
    public void What_a_stranger_changes_differs_and_has_a_statement_that_sets_it_back(string what, string statement)
    {
        FakeMarket market = new(7) { Kills = false };
        for (int i = 0; i < 400; i++)
            market.Step();
        MarketBook book = Read(market, new Random(1), wholly: true);
        foreach (OrderRow row in market.Rows.Values.Where(r => r.Executions.Count > 0 && r.Status is "FILLED" or "CANCELLED" && r.Executions.Count > 0))
        {
            OrderRow changed = FakeMarket.Copy(row);
            changed = what switch
            {
                "quantity" => With(changed, changed with { Quantity = row.Quantity + 1 }),
                "price" => With(changed, changed with { Price = row.Price + 0.5m }),
                "status" => With(changed, changed with { Status = row.Status == "FILLED" ? "CANCELLED" : "PENDING", UpdatedAt = market.Now }),
                "user" => With(changed, changed with { UserId = 0 }),
                "created" => With(changed, changed with { CreatedAt = row.CreatedAt.AddMilliseconds(1) }),
                "updated" => With(changed, changed with { UpdatedAt = market.Now.AddSeconds(1) }),
                _ => changed,
            };
            ExecutionRow first = row.Executions[0];
            if (what == "execution changed")
                changed.Executions[0] = first with { Price = first.Price + 1 };
            else if (what == "execution gone")
                changed.Executions.RemoveAt(0);
            else if (what == "execution added")
                changed.Executions.Add(first with { Id = 999_999, At = market.Now });

            Comparison comparison = book.Compare(changed);
            Assert.Equal(Match.Differs, comparison.Match);
            Assert.Contains(comparison.Fix, f => f.Sql.Contains(statement, StringComparison.Ordinal));
            Assert.Equal(Match.Same, book.Compare(row).Match);
        }

        static OrderRow With(OrderRow from, OrderRow changed)
        {
            if (!ReferenceEquals(from.Executions, changed.Executions))
                changed.Executions.AddRange(from.Executions.Except(changed.Executions));
            return changed;
        }
    }

    [Fact]
    public void Row_of_a_stranger_differs_and_one_that_is_shaped_like_a_new_order_is_asked_about()
    {
        FakeMarket market = new(3) { Kills = false };
        for (int i = 0; i < 100; i++)
            market.Step();
        MarketBook book = Read(market, new Random(1), wholly: true);
        OrderRow fresh = new(100_000, 1, "005930", "BUY", 1, 54_000, "PENDING", market.Now, market.Now);

        Assert.Equal(Match.Ahead, book.Compare(fresh).Match);
        Assert.Equal(Match.Differs, book.Compare(fresh with { Status = "CANCELLED" }).Match);
        Assert.Equal(
            ["DELETE FROM cdclab.order_executions WHERE order_id = 100000", "DELETE FROM cdclab.orders WHERE order_id = 100000"],
            book.Compare(fresh).Fix.Select(f => f.Sql));
    }

    [Fact]
    public void Memory_is_bounded_and_what_is_older_is_not_judged()
    {
        MarketBook book = new(mostChunks: 3);
        DateTime at = FakeMarket.Begin;
        book.TakeNewer(new() { Kind = LedgerKind.Start, At = at });
        for (long id = 1; id <= 10_000; id++)
            book.TakeNewer(Insert(id, at));

        OrderRow row = new(1, 1, "005930", "BUY", 2, 54_000, "PENDING", at, at);
        Assert.Equal(Match.NotKnown, book.Compare(row).Match);
        Assert.Equal(Match.Differs, book.Compare(row with { Id = 10_000 }).Match);
        Assert.InRange(book.Expected(long.MinValue, long.MaxValue).Count(), 2049, 3072);
    }

    [Fact]
    public void Table_that_was_made_anew_with_the_same_ids_is_judged_by_the_newer_lines()
    {
        MarketBook forward = new(), backward = new();
        DateTime at = FakeMarket.Begin;
        LedgerEntry first = Insert(1, at);
        LedgerEntry cancel = new() { Kind = LedgerKind.Cancel, At = at.AddSeconds(1), OrderId = 1, Status = "CANCELLED", Executed = 0 };
        LedgerEntry again = first with { At = at.AddSeconds(9), UserId = 2 };
        foreach (LedgerEntry entry in new[] { first, cancel, again })
            forward.TakeNewer(entry);
        foreach (LedgerEntry entry in new[] { again, cancel, first })
            backward.TakeOlder(entry);
        OrderRow row = new(1, 2, "005930", "BUY", 1, 54_000, "PENDING", again.At, again.At);

        Assert.Equal(Match.Same, forward.Compare(row).Match);
        Assert.Equal(Match.Same, backward.Compare(row).Match);
    }

    [Fact]
    public void Ids_of_executions_that_are_given_out_again_are_counted_whichever_way_the_ledger_is_read()
    {
        DateTime at = FakeMarket.Begin;
        // Side by side two at a time, then from 1 again for other orders, as after TRUNCATE TABLE.
        long[] ids = [.. Enumerable.Range(1, 300).Select(i => (long)(i % 2 == 0 ? i - 1 : i + 1)), .. Enumerable.Range(1, 5)];
        LedgerEntry[] lines = [.. ids.SelectMany((id, i) => new[]
        {
            Insert(i + 1, at),
            new LedgerEntry { Kind = LedgerKind.Execute, At = at, OrderId = i + 1, ExecutionId = id, Status = "FILLED", Quantity = 1, Price = 54_000, Executed = 1 },
        })];
        MarketBook forward = new(), backward = new(), once = new();
        foreach (LedgerEntry line in lines)
            forward.TakeNewer(line);
        foreach (LedgerEntry line in lines.Reverse())
            backward.TakeOlder(line);
        foreach (LedgerEntry line in lines[..600])
            once.TakeNewer(line);

        Assert.Equal((5, 5, 0), (forward.GivenAgain, backward.GivenAgain, once.GivenAgain));
        // Stored under a new id: the old one is another order's.
        Assert.Equal((Match.Same, Match.Same, Match.Differs), (Renumbered(forward, 301), Renumbered(backward, 301), Renumbered(once, 300)));

        // What it lost is set back under that id: under the old one it would take the other order's place.
        Comparison lost = forward.Compare(new(301, 1, "005930", "BUY", 1, 54_000, "FILLED", at, at) { Executions = { new(9001, 301, 1, 54_000, default) } });
        Assert.Equal(Match.Differs, lost.Match);
        Assert.Contains(lost.Fix, f => f.Sql.Contains("9001", StringComparison.Ordinal));

        Match Renumbered(MarketBook book, long id) =>
            book.Compare(new(id, 1, "005930", "BUY", 1, 54_000, "FILLED", at, at) { Executions = { new(9001, id, 1, 54_000, at) } }).Match;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Order_from_before_the_ledger_is_the_markets_though_ids_that_were_given_out_again_are_lower(bool forward)
    {
        DateTime began = FakeMarket.Begin;
        // The ledger was begun anew at order 8,900; later the market wrote into an empty copy of the table.
        LedgerEntry[] lines = [new() { Kind = LedgerKind.Start, At = began }, .. Enumerable.Range(8900, 300).Concat(Enumerable.Range(1, 97)).Select((id, i) => Insert(id, began.AddSeconds(1 + i)))];
        MarketBook book = new();
        foreach (LedgerEntry line in forward ? lines : lines.Reverse())
        {
            if (forward)
                book.TakeNewer(line);
            else
                book.TakeOlder(line);
        }

        OrderRow older = new(5000, 1, "005930", "BUY", 1, 54_000, "PENDING", began.AddMinutes(-5), began.AddMinutes(-5));
        Assert.Equal(Match.NotKnown, book.Compare(older).Match);
        Assert.Equal(Match.Differs, book.Compare(older with { CreatedAt = began.AddSeconds(3), UpdatedAt = began.AddSeconds(4) }).Match);
    }

    private static LedgerEntry Insert(long id, DateTime at) => new()
    {
        Kind = LedgerKind.Insert,
        At = at,
        OrderId = id,
        Status = "PENDING",
        Quantity = 1,
        Price = 54_000,
        UserId = 1,
        Symbol = "005930",
        OrderType = "BUY",
    };

    // Begins in the middle, as the verifier does: older lines backwards, newer ones in their order, in turns.
    private static MarketBook Read(FakeMarket market, Random random, bool wholly = false)
    {
        MarketBook book = new();
        int older = random.Next(market.Ledger.Count + 1), newer = older, oldest = wholly ? 0 : random.Next(older + 1);
        while (older > oldest || newer < market.Ledger.Count)
        {
            if (newer == market.Ledger.Count || (older > oldest && random.Next(2) == 0))
                book.TakeOlder(market.Ledger[--older]);
            else
                book.TakeNewer(market.Ledger[newer++]);
        }

        return book;
    }
}
