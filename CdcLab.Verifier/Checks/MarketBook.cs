using System.Runtime.InteropServices;
using CdcLab.Clients.Market;

namespace CdcLab.Verifier.Checks;

/// <summary>What the market's ledger says that the tables hold. It takes entries that are newer than all it knows, and such that are older, newest first. It keeps
/// the newest orders only: memory is bounded (about 90 bytes for an order with its executions).</summary>
internal sealed class MarketBook(int mostChunks = 300)
{
    private const int ChunkOrders = 1024;

    // Executions that commit side by side are this far from their order at most, but for one that is looked up then.
    private const long SideBySide = 100;
    // A worker whose commit was not answered holds an id while thousands of others follow.
    private const long OutOfOrder = 10_000;
    private static readonly TimeSpan OutOfTime = TimeSpan.FromMinutes(1);
    private static readonly string[] Statuses = ["PENDING", "PARTIAL", "FILLED", "CANCELLED"];

    // By order id / ChunkOrders. Ids are dense; a jump in them costs a chunk.
    private readonly SortedList<long, Chunk> _chunks = [];
    private readonly List<string> _words = [];
    private readonly List<(DateTime Since, DateTime Start)> _starts = [];
    private long _lowest = long.MaxValue, _highest = long.MinValue;
    // Ids count anew: then they say nothing of what is older.
    private bool _wentBack;
    private (long Lowest, long Highest) _executions = (long.MaxValue - SideBySide, long.MinValue + SideBySide);
    private readonly HashSet<long> _givenAgain = [];
    private long? _givenAgainUpTo;
    private long _forgottenBelow = long.MinValue;
    private DateTime? _oldest;
    private bool _isFromTheBeginning;

    /// <summary>Whether no older entry would be kept.</summary>
    public bool IsFull => _chunks.Count >= mostChunks || _isFromTheBeginning;

    /// <summary>How many executions have an id that another one has too: the table was emptied, and counts anew. Both cannot be stored.</summary>
    public int GivenAgain => _givenAgain.Count;

    public void TakeNewer(LedgerEntry entry)
    {
        _oldest ??= entry.At;
        Take(entry, isOlder: false);
    }

    public void TakeOlder(LedgerEntry entry)
    {
        _oldest = entry.At;
        Take(entry, isOlder: true);
    }

    /// <summary>The orders of a range that must be there.</summary>
    public IEnumerable<long> Expected(long from, long to)
    {
        foreach ((long key, Chunk chunk) in _chunks.Where(c => c.Key >= Key(from) && c.Key <= Key(to)))
        {
            for (int i = 0; i < ChunkOrders; i++)
            {
                if (chunk.Orders[i] is { HasInsert: true, MayBeGone: false } && (key * ChunkOrders) + i is var id && id >= from && id <= to)
                    yield return id;
            }
        }
    }

    /// <summary>The order with its executions as the ledger knows it; null where its insert is not known.</summary>
    public OrderRow? Find(long id)
    {
        if (Lookup(id, out Chunk? chunk) is not { HasInsert: true } order || chunk is null)
            return null;
        string status = Statuses[order.Status];
        OrderRow row = new(
            id, order.UserId, _words[order.Symbol], _words[order.Type], order.Quantity, order.Price, status, Time(order.CreatedAt), Time(order.UpdatedAt));
        for (int e = order.FirstExecution; e > 0; e = chunk!.Executions[e - 1].Next)
            row.Executions.Add(chunk.Executions[e - 1].Row(id));
        return row;
    }

    /// <summary>Compares an order that is stored with what the ledger says.</summary>
    public Comparison Compare(OrderRow row)
    {
        Order order = Lookup(row.Id, out _);
        if (order.IsPurged)
            return Comparison.Foreign(row.Id, Match.Differs, "is there although the market has purged it");
        if (Find(row.Id) is { } expected)
        {
            Rename(row, expected);
            bool lacks = expected.Executions.Exists(e => _givenAgain.Contains(e.Id) && !row.Executions.Exists(r => r.Id == e.Id));
            return Comparison.Of(row, expected, IsUnwritten) with { LacksGivenAgain = lacks };
        }

        if (!MustKnow(row))
            return new(Match.NotKnown);
        // One that was placed without a line, by a simulator that was killed, is resumed by the next one and then has lines.
        if (IsUnwritten(row.CreatedAt))
            return new(Match.Unwritten);
        bool couldBeNew = !order.HasChange && row.Status == "PENDING" && row.Executions.Count == 0 && row.CreatedAt == row.UpdatedAt;
        return Comparison.Foreign(row.Id, couldBeNew ? Match.Ahead : Match.Differs, "was not placed by the market") with { At = row.CreatedAt };
    }

    // An id that was given out again can be stored once: the other execution is there under a new one, and is known by what it is, or by being left over.
    private void Rename(OrderRow row, OrderRow expected)
    {
        for (int i = 0; i < expected.Executions.Count; i++)
        {
            ExecutionRow known = expected.Executions[i];
            if (known.Id > (_givenAgainUpTo ?? long.MinValue) || row.Executions.Exists(e => e.Id == known.Id))
                continue;
            ExecutionRow[] left = [.. row.Executions.Where(e => !expected.Executions.Exists(x => x.Id == e.Id))];
            int at = Array.FindIndex(left, e => e with { Id = known.Id } == known);
            if (at < 0)
                at = left.Length - 1;
            if (at >= 0)
                expected.Executions[i] = known with { Id = left[at].Id };
        }
    }

    // A simulator that was killed may have committed this without writing its line.
    private bool IsUnwritten(DateTime at) => _starts.Any(s => s.Since <= at && at <= s.Start);

    // Whether the entries that were read would have this order's insert.
    private bool MustKnow(OrderRow row) => row.Id >= _forgottenBelow && _oldest is { } oldest
        && (_isFromTheBeginning
            ? (row.Id >= _lowest && !_wentBack) || row.CreatedAt >= oldest
            : row.Id >= _lowest && (row.CreatedAt > oldest + OutOfTime || (row.Id > _lowest + OutOfOrder && !_wentBack)));

    private void Take(LedgerEntry entry, bool isOlder)
    {
        if (entry.Kind == LedgerKind.Start)
        {
            _isFromTheBeginning |= entry.Since is null;
            if (entry.Since is { } since)
                _starts.Add((since, entry.At));
            return;
        }

        foreach (long id in entry.OrderIds ?? [entry.OrderId])
        {
            if (Chunked(id) is not { } chunk)
                continue;
            ref Order order = ref chunk.Orders[(int)(id - (Key(id) * ChunkOrders))];
            // Older than its insert is another order of the same id: the table was made anew.
            if (isOlder && order.HasInsert)
                continue;
            if (entry.Kind is LedgerKind.Purge or LedgerKind.Purging)
                (order.MayBeGone, order.IsPurged) = (true, order.IsPurged | entry.Kind == LedgerKind.Purge);
            else
                Take(entry, isOlder, chunk, ref order);
        }
    }

    private void Take(LedgerEntry entry, bool isOlder, Chunk chunk, ref Order order)
    {
        if (entry.Kind == LedgerKind.Insert)
        {
            if (!isOlder)
                order = default;
            (order.HasInsert, order.UserId, order.Symbol, order.Type) = (true, (int)(entry.UserId ?? 0), Word(entry.Symbol), Word(entry.OrderType));
            (order.Quantity, order.Price, order.CreatedAt) = (entry.Quantity ?? 0, (int)(entry.Price ?? 0), entry.At.Ticks);
            _wentBack |= isOlder ? _lowest < long.MaxValue && entry.OrderId > _lowest + SideBySide : entry.OrderId < _highest - SideBySide;
            (_lowest, _highest) = (Math.Min(_lowest, entry.OrderId), Math.Max(_highest, entry.OrderId));
        }

        if (!isOlder || !order.HasChange)
            (order.HasChange, order.Status, order.UpdatedAt) = (true, (byte)Math.Max(0, Array.IndexOf(Statuses, entry.Status)), entry.At.Ticks);
        if (entry.Kind != LedgerKind.Execute)
            return;
        long id = entry.ExecutionId ?? 0;
        // Read backwards, what was given out again comes before a leap upwards.
        if (isOlder && id > _executions.Lowest + SideBySide)
            _givenAgainUpTo ??= _executions.Highest;
        if (!isOlder && id <= _executions.Highest - SideBySide)
            _givenAgainUpTo = _executions.Highest;
        if (id <= _givenAgainUpTo && _chunks.Values.Any(c => c.Has(id)))
            _givenAgain.Add(id);
        _executions = (Math.Min(_executions.Lowest, id), Math.Max(_executions.Highest, id));
        order.FirstExecution = chunk.Add(new(id, entry.At.Ticks, entry.Quantity ?? 0, (int)(entry.Price ?? 0), order.FirstExecution));
    }

    private Order Lookup(long id, out Chunk? chunk) => _chunks.TryGetValue(Key(id), out chunk) ? chunk.Orders[(int)(id - (Key(id) * ChunkOrders))] : default;

    // Null: it is older than what is kept.
    private Chunk? Chunked(long id)
    {
        long key = Key(id);
        if (_chunks.TryGetValue(key, out Chunk? chunk))
            return chunk;
        if (id < _forgottenBelow || (_chunks.Count >= mostChunks && key < _chunks.Keys[0]))
            return null;
        if (_chunks.Count >= mostChunks)
        {
            _forgottenBelow = (_chunks.Keys[0] + 1) * ChunkOrders;
            _chunks.RemoveAt(0);
        }

        return _chunks[key] = new();
    }

    private byte Word(string? text)
    {
        int index = _words.IndexOf(text ?? "");
        if (index >= 0)
            return (byte)index;
        _words.Add(text ?? "");
        return checked((byte)(_words.Count - 1));
    }

    private static long Key(long id) => id >> 10;

    private static DateTime Time(long ticks) => new(ticks, DateTimeKind.Utc);

    [StructLayout(LayoutKind.Auto)]
    private struct Order
    {
        public long CreatedAt;
        public long UpdatedAt;
        public int UserId;
        public int Quantity;
        public int Price;
        // 1 and more: one of the chunk's executions, the newest first.
        public int FirstExecution;
        public byte Symbol;
        public byte Type;
        public byte Status;
        public bool HasInsert;
        public bool HasChange;
        public bool MayBeGone;
        public bool IsPurged;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Execution(long Id, long At, int Quantity, int Price, int Next)
    {
        public ExecutionRow Row(long orderId) => new(Id, orderId, Quantity, Price, Time(At));
    }

    private sealed class Chunk
    {
        private int _count;

        public Order[] Orders { get; } = new Order[ChunkOrders];

        public Execution[] Executions { get; private set; } = [];

        public bool Has(long executionId)
        {
            for (int i = 0; i < _count; i++)
            {
                if (Executions[i].Id == executionId)
                    return true;
            }

            return false;
        }

        public int Add(Execution execution)
        {
            if (_count == Executions.Length)
            {
                Execution[] more = new Execution[_count + 128 + (_count / 8)];
                Executions.CopyTo(more, 0);
                Executions = more;
            }

            Executions[_count] = execution;
            return ++_count;
        }
    }
}
