using CdcLab.Clients.Market;
using CdcLab.OrderSimulator.Market;
using CdcLab.OrderSimulator.Trading;
using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

/// <summary>A market of rows and a ledger without servers: orders of the real flow, the simulator's steps, purges, and kills between a commit and its line.</summary>
internal sealed class FakeMarket
{
    private readonly Random _random;
    private readonly OrderFlow _flow;
    private readonly List<OpenOrder> _open = [];
    private long _nextOrder = 1;
    private long _nextExecution = 1;

    public FakeMarket(int seed)
    {
        (_random, _flow) = (new(seed), new(seed));
        Ledger.Add(new() { Kind = LedgerKind.Start, At = Now });
    }

    public static DateTime Begin { get; } = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    public bool Kills { get; init; } = true;

    public DateTime Now { get; private set; } = Begin;

    public Dictionary<long, OrderRow> Rows { get; } = [];

    public List<LedgerEntry> Ledger { get; } = [];

    public static OrderRow Copy(OrderRow row)
    {
        OrderRow copy = new(row.Id, row.UserId, row.Symbol, row.OrderType, row.Quantity, row.Price, row.Status, row.CreatedAt, row.UpdatedAt);
        copy.Executions.AddRange(row.Executions);
        return copy;
    }

    /// <summary>One transaction.</summary>
    /// <returns>The order; null for a purge.</returns>
    public long? Step()
    {
        Now = Now.AddMilliseconds(_random.Next(300));
        long[] finished = [.. Rows.Values.Where(r => r.Status is "FILLED" or "CANCELLED").Select(r => r.Id).Order()];
        if (finished.Length > 40)
        {
            Purge(finished[..10]);
            return null;
        }

        bool places = _open.Count == 0 || _random.Next(4) == 0;
        OpenOrder order = places ? new(_flow.Next()) : _open[_random.Next(_open.Count)];
        MarketStep step = order.NextStep();
        step.At = Now;
        long id = Commit(step);
        if (Kills && _random.Next(15) == 0)
        {
            Kill();
            return id;
        }

        Ledger.Add(step.Entry());
        order.Advance(step);
        if (places)
            _open.Add(order);
        if (order.NextAfter is null)
            _open.Remove(order);
        return id;
    }

    private long Commit(MarketStep step)
    {
        if (step is InsertStep { Plan: var plan } insert)
        {
            insert.OrderId = _nextOrder++;
            long id = insert.OrderId;
            Rows[id] = new(id, plan.UserId, plan.Instrument.Symbol, plan.OrderType, plan.Quantity, plan.Price, OrderStatus.Pending, Now, Now);
            return id;
        }

        ChangeStep change = (ChangeStep)step;
        OrderRow row = Rows[change.OrderId];
        OrderRow changed = new(row.Id, row.UserId, row.Symbol, row.OrderType, row.Quantity, row.Price, change.To, row.CreatedAt, Now);
        changed.Executions.AddRange(row.Executions);
        if (change is ExecuteStep execute)
        {
            execute.ExecutionId = _nextExecution++;
            changed.Executions.Add(new(execute.ExecutionId, row.Id, execute.Quantity, execute.Price, Now));
        }

        Rows[row.Id] = changed;
        return row.Id;
    }

    // The next simulator resumes what is open in the tables.
    private void Kill()
    {
        DateTime since = Ledger[^1].At.AddSeconds(-10);
        Now = Now.AddSeconds(_random.Next(30));
        Ledger.Add(new() { Kind = LedgerKind.Start, At = Now, Since = since });
        _open.Clear();
        IEnumerable<OrderRow> open = Rows.Values.Where(r => r.Status is "PENDING" or "PARTIAL");
        _open.AddRange(open.Select(r => new UnfinishedOrder(r.Id, (int)r.Quantity, r.Price, (int)r.Executed).Resume()));
    }

    private void Purge(long[] ids)
    {
        PurgeStep purge = new(ids) { At = Now };
        Ledger.Add(purge.Intent());
        if (_random.Next(4) == 0)
            return;
        foreach (long id in ids)
            Rows.Remove(id);
        if (_random.Next(4) > 0)
            Ledger.Add(purge.Entry());
    }
}
