using CdcLab.Clients.Market;
using CdcLab.Model.Drills;

namespace CdcLab.Verifier.Cdc;

/// <summary>What the market has committed, by its ledger, against what a consumer of the connector's topics got. Memory is bounded: what is waited for, and the newest of what came.</summary>
/// <remarks>A commit is known by its row's key and the time that it wrote into the row. It is missing when its own partition has gone on by more than <see cref="Skew"/>: within a partition the
/// connector's order is the binlog's. At least once is the promise, so that what comes again is counted and is no fault.</remarks>
internal sealed class ChangeTrack(DateTime began, int mostWaiting = 100_000)
{
    // What comes before its line in the ledger is kept for so long, then it was not the market's.
    private static readonly TimeSpan EarlyLimit = TimeSpan.FromSeconds(30);

    // The ledger's time is taken before the commit, and a commit may wait for a lock or a disk.
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TombstoneLimit = TimeSpan.FromSeconds(5);

    /// <summary>A snapshot is under way until no row of it has come for so long.</summary>
    public static readonly TimeSpan SnapshotSilence = TimeSpan.FromSeconds(5);
    private const int MostRemembered = 50_000;
    private const int MostNamed = 1000;
    private const int MostDoubtful = 10_000;

    // A deletion writes no time into its row.
    private static readonly DateTime Deletion = DateTime.MaxValue;

    private readonly Lock _gate = new();
    private readonly Dictionary<(bool IsOrder, long Id), List<ExpectedChange>> _waiting = [];
    private readonly Queue<ExpectedChange> _inOrder = new();
    private readonly Dictionary<(bool IsOrder, long Id, DateTime At), (ChangeEvent Event, DateTime Arrived)> _early = [];
    // What came, with a hash of its values where they were those of the commit.
    private readonly Remembered<(bool IsOrder, long Id, DateTime At), int?> _seen = new(MostRemembered);
    private readonly Remembered<long, DateTime> _lastOfOrder = new(MostRemembered);
    private readonly Remembered<long, (OrderRow? Row, DateTime Arrived)> _rows = new(MostRemembered / 2);
    // Orders whose last event no commit explains: it may not be the row.
    private readonly HashSet<long> _doubtful = [];
    private readonly Remembered<long, List<long>> _executionsOf = new(MostRemembered / 2);
    private readonly Dictionary<(bool IsOrder, long Id), DateTime> _tombstones = [];
    private readonly Dictionary<(bool IsOrder, int Partition), DateTime> _reached = [];
    private readonly List<ExpectedChange> _missing = [];
    private readonly HashSet<(bool IsOrder, long Id)> _missed = [];
    private readonly ChangeLatencies _latencies = new();
    private readonly ChangeCounts _counts = new() { Since = began };
    private int _waitingCount;
    private DateTime _snapshotBegan;
    private DateTime? _snapshotEnd;
    private DateTime _answered;

    /// <summary>From when on (UTC) commits are waited for.</summary>
    public DateTime Began => began;

    /// <summary>How many partitions each topic has; nothing is missing while it is not known.</summary>
    public int Partitions { get; set; }

    /// <summary>Whether no more of the ledger is to be read for now: it is a file, and can wait.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
                return _waitingCount >= mostWaiting;
        }
    }

    public void Take(LedgerEntry entry)
    {
        // Its line may be written after its event had already come, and was passed over.
        if (DateTime.SpecifyKind(entry.At, DateTimeKind.Utc) < began)
            return;
        lock (_gate)
        {
            switch (entry.Kind)
            {
                case LedgerKind.Insert or LedgerKind.Cancel:
                    Expect(new(entry, true, entry.OrderId, isDelete: false));
                    break;
                case LedgerKind.Execute:
                    Expect(new(entry, true, entry.OrderId, isDelete: false));
                    Expect(new(entry, false, entry.ExecutionId ?? 0, isDelete: false));
                    if (!_executionsOf.TryGetValue(entry.OrderId, out List<long>? executions))
                        _executionsOf[entry.OrderId] = executions = new(1);
                    executions.Add(entry.ExecutionId ?? 0);
                    break;
                case LedgerKind.Purge:
                    foreach (long id in entry.OrderIds ?? [])
                    {
                        Expect(new(entry, true, id, isDelete: true));
                        // With its executions, as far as they are remembered.
                        foreach (long execution in _executionsOf.TryGetValue(id, out executions) ? executions : [])
                            Expect(new(entry, false, execution, isDelete: true));
                    }

                    break;
            }
        }
    }

    public void Take(ChangeEvent change, int partition, DateTime now)
    {
        lock (_gate)
        {
            _counts.Add(change.Kind);
            // A snapshot has no order in time, and what is from the future tells nothing of how far its partition has come.
            if (change.Kind != ChangeKind.Snapshot && change.At is { } at && at < now + Skew && (!_reached.TryGetValue((change.IsOrder, partition), out DateTime reached) || at > reached))
                _reached[(change.IsOrder, partition)] = at;
            (OrderRow? Row, DateTime) last = default;
            if (change.IsOrder && change.Kind != ChangeKind.Tombstone)
            {
                _rows.TryGetValue(change.Id, out last);
                _rows[change.Id] = (change.Kind == ChangeKind.Delete ? null : change.Order, now);
            }

            switch (change.Kind)
            {
                case ChangeKind.Tombstone:
                    _tombstones.Remove((change.IsOrder, change.Id));
                    break;
                case ChangeKind.Delete:
                    _tombstones[(change.IsOrder, change.Id)] = now;
                    if (!change.Before)
                        Fault("a DELETE came without the row before it", now);
                    if (Find(change, e => e.IsDelete) is { } deleted)
                        Settle(deleted);
                    else if (change.IsOrder || IsOfMarket(change))
                        Early((change.IsOrder, change.Id, Deletion), change, now);
                    break;
                case ChangeKind.Snapshot:
                    Snapshot(change, now);
                    break;
                default:
                    Change(change, last.Row, now);
                    break;
            }
        }
    }

    /// <summary>An event that could not be read: what is wrong.</summary>
    public void Unreadable(string what, DateTime now)
    {
        lock (_gate)
            Fault(what, now);
    }

    /// <summary>A topic's offsets went back: it was deleted and made anew, or cut.</summary>
    public void WentBack(string topic, DateTime now)
    {
        lock (_gate)
            _counts.BeganAnew ??= $"{topic} began anew, noticed at {now:HH:mm:ss} UTC";
    }

    /// <summary>Decides what can be decided, and tells how it stands.</summary>
    public ChangeState Look(DateTime now)
    {
        lock (_gate)
        {
            foreach (((bool IsOrder, long Id) key, DateTime at) in _tombstones.Where(t => now - t.Value > TombstoneLimit).ToArray())
            {
                _tombstones.Remove(key);
                Fault($"no tombstone followed the DELETE of {(key.IsOrder ? "order" : "execution")} {key.Id}", now);
            }

            foreach (((bool, long, DateTime) key, _) in _early.Where(e => now - e.Value.Arrived > EarlyLimit).ToArray())
            {
                _early.Remove(key);
                Foreign(key);
            }

            if (_snapshotEnd is { } point && now - _counts.LastSnapshot > SnapshotSilence)
                EndSnapshot(point);
            while (_inOrder.TryPeek(out ExpectedChange? done) && done.IsSettled)
                _inOrder.Dequeue();
            // Behind one that waits for long, those that came are not kept.
            if (_inOrder.Count > (2 * _waitingCount) + MostNamed)
            {
                ExpectedChange[] left = [.. _inOrder.Where(e => !e.IsSettled)];
                _inOrder.Clear();
                foreach (ExpectedChange waiting in left)
                    _inOrder.Enqueue(waiting);
            }

            DateTime newest = _reached.Count == 0 ? DateTime.MinValue : _reached.Values.Max();
            foreach (ExpectedChange late in _inOrder.TakeWhile(e => e.At + Skew < newest).Where(e => !e.IsSettled).ToArray())
            {
                if (Partitions > 0 && _reached.TryGetValue((late.IsOrder, ChangePartitioner.Of(late.IsOrder, late.Id, Partitions)), out DateTime reached) && reached > late.At + Skew)
                    Miss(late);
            }

            _latencies.Forget(now);
            return new(
                _counts with { },
                _waitingCount,
                _inOrder.FirstOrDefault(e => !e.IsSettled)?.At,
                [.. _missing.Select(m => (m.IsOrder, m.OrderId, m.At))],
                _latencies.ToConsumer,
                _latencies.ToConnector,
                _latencies.Recent);
        }
    }

    /// <summary>What a drill needs to know; the longest wait is that since the last time that it was to begin anew.</summary>
    public ChangeFigures Figures(DateTime now, bool beginAnew)
    {
        ChangeState state = Look(now);
        lock (_gate)
        {
            if (beginAnew)
                _latencies.Longest = TimeSpan.Zero;
            double? waiting = state.OldestWaiting is { } oldest ? (now - oldest).TotalSeconds : null;
            return new(state.Counts.Matched, state.Counts.Duplicates, state.Counts.SnapshotRows, state.Counts.Missing, state.Counts.OutOfOrder, state.Counts.Faults, waiting, Math.Max(_latencies.Longest.TotalSeconds, beginAnew ? 0 : waiting ?? 0));
        }
    }

    /// <summary>Orders whose last event came a while ago: first those whose event no commit explains, then some by chance.</summary>
    public IReadOnlyList<long> Sample(int most, DateTime arrivedBefore)
    {
        lock (_gate)
        {
            long[] doubtful = [.. _doubtful.Where(id => !_rows.TryGetValue(id, out (OrderRow?, DateTime Arrived) last) || last.Arrived < arrivedBefore).Take(most)];
            _doubtful.ExceptWith(doubtful);
            doubtful = [.. doubtful.Concat(Unexplained(arrivedBefore).Where(e => e.IsOrder).Select(e => e.Id)).Take(most)];
            return [.. doubtful, .. _rows.Some(most * 3).Where(r => r.Value.Arrived < arrivedBefore).Take(most - doubtful.Length).Select(r => r.Key)];
        }
    }

    /// <summary>Executions whose event came a while ago, and of which the ledger has no line yet.</summary>
    public IReadOnlyList<ExecutionRow> Unexplained(int most, DateTime arrivedBefore)
    {
        lock (_gate)
            return [.. Unexplained(arrivedBefore).Select(e => e.Execution).OfType<ExecutionRow>().Take(most)];
    }

    /// <summary>The row that an order's last event carried; false where none came.</summary>
    public bool TryLast(long id, out OrderRow? row)
    {
        lock (_gate)
        {
            bool known = _rows.TryGetValue(id, out (OrderRow? Row, DateTime) last);
            row = last.Row;
            return known;
        }
    }

    private IEnumerable<ChangeEvent> Unexplained(DateTime arrivedBefore) => _early.Values.Where(e => e.Arrived < arrivedBefore && (e.Event.IsOrder || e.Event.Kind != ChangeKind.Delete)).Select(e => e.Event);

    private void Expect(ExpectedChange expected)
    {
        // A ledger that waited, because much was waited for, is behind the snapshot that answers for it.
        if (expected.At < _answered)
            return;
        // It came, and so long before its line that it was taken for somebody else's.
        if (_seen.TryGetValue((expected.IsOrder, expected.Id, expected.IsDelete ? Deletion : expected.At), out _))
            return;
        if (expected.IsDelete && _early.Remove((expected.IsOrder, expected.Id, Deletion)))
            return;
        if (!expected.IsDelete && _early.Remove((expected.IsOrder, expected.Id, expected.At), out (ChangeEvent Event, DateTime Arrived) early))
        {
            Match(expected, early.Event, early.Arrived);
            return;
        }

        if (!_waiting.TryGetValue((expected.IsOrder, expected.Id), out List<ExpectedChange>? same))
            _waiting[(expected.IsOrder, expected.Id)] = same = new(1);
        same.Add(expected);
        _inOrder.Enqueue(expected);
        _waitingCount++;
    }

    private bool IsOfMarket(ChangeEvent change) =>
        change.Execution is { } execution && _executionsOf.TryGetValue(execution.OrderId, out List<long>? executions) && executions.Contains(change.Id);

    /// <param name="last">The row of the order's last event; null where it is not known.</param>
    private void Change(ChangeEvent change, OrderRow? last, DateTime now)
    {
        if (change is { Kind: ChangeKind.Update, Before: false })
            Fault($"an UPDATE of {Name(change)} came without the row before it", now);
        (bool, long, DateTime) key = (change.IsOrder, change.Id, change.At!.Value);
        // What comes again is older than the last event, and what is missing between them is missed by its commit.
        if (change.OrderBefore is { } before && last is not null && before.UpdatedAt == last.UpdatedAt && !before.IsSame(last) && !_seen.TryGetValue(key, out _))
            Fault($"the row before an UPDATE of {Name(change)} is not that of its last event", now);
        if (Find(change, e => !e.IsDelete && e.At == change.At) is { } expected)
        {
            Settle(expected);
            Match(expected, change, now);
        }
        else if (_seen.TryGetValue(key, out int? values))
        {
            _counts.Duplicates++;
            bool isOther = values is { } committed && committed != Values(change);
            if (isOther)
                Fault($"{Name(change)} came again with other values", now);
            Doubt(change, isOther || !_lastOfOrder.TryGetValue(change.Id, out DateTime newest) || newest > change.At);
        }
        else if (_missing.Find(m => m.IsOrder == change.IsOrder && m.Id == change.Id && m.At == change.At) is { } late)
        {
            Found(m => m == late);
            _counts.Late++;
        }
        else if (change.At >= began)
        {
            Early(key, change, now);
        }
        else
        {
            Doubt(change, isDoubtful: true);
        }
    }

    private void Doubt(ChangeEvent change, bool isDoubtful)
    {
        if (!change.IsOrder)
            return;
        if (!isDoubtful)
            _doubtful.Remove(change.Id);
        else if (_doubtful.Count < MostDoubtful)
            _doubtful.Add(change.Id);
    }

    private void Match(ExpectedChange expected, ChangeEvent change, DateTime arrived)
    {
        string? difference = expected.Differs(change);
        _seen[(expected.IsOrder, expected.Id, expected.At)] = difference is null ? Values(change) : null;
        _counts.Matched++;
        if (difference is not null)
            Fault($"{Name(change)}: {difference}", arrived);
        if (expected.IsOrder)
        {
            _doubtful.Remove(expected.Id);
            if (_lastOfOrder.TryGetValue(expected.Id, out DateTime last) && last > expected.At)
                _counts.OutOfOrder++;
            _lastOfOrder[expected.Id] = expected.At;
        }

        _latencies.Add(expected.At, change.ConnectorAt, arrived);
    }

    // What comes before its line in the ledger waits for it.
    private void Early((bool IsOrder, long Id, DateTime At) key, ChangeEvent change, DateTime now)
    {
        if (_early.Count < MostRemembered)
            _early[key] = (change, now);
        else
            Foreign(key);
    }

    private void Foreign((bool IsOrder, long Id, DateTime At) key)
    {
        _counts.Foreign++;
        _seen[key] = null;
    }

    // A row of a snapshot stands for all that was committed to it until then.
    private void Snapshot(ChangeEvent change, DateTime now)
    {
        // Rows of other partitions may come after the last one.
        if (_counts.LastSnapshot is not { } last || now - last > SnapshotSilence)
            (_snapshotBegan, _snapshotEnd) = (change.SourceAt ?? now, null);
        _counts.LastSnapshot = now;
        foreach (ExpectedChange covered in _waiting.GetValueOrDefault((change.IsOrder, change.Id))?.Where(e => !e.IsDelete && e.At <= change.At).ToArray() ?? [])
            Settle(covered);
        if (_missed.Contains((change.IsOrder, change.Id)))
            Found(m => m.IsOrder == change.IsOrder && m.Id == change.Id && m.At <= change.At);
        if (change.IsLastOfSnapshot)
            _snapshotEnd = _snapshotBegan;
    }

    // What was committed before it and is in none of its rows was deleted before it, or is lost. What was committed while it began comes as a change.
    private void EndSnapshot(DateTime point)
    {
        _snapshotEnd = null;
        ExpectedChange[] before = [.. _inOrder.Where(e => !e.IsSettled && e.At < point)];
        HashSet<long> deleted = [.. before.Where(e => e is { IsDelete: true, IsOrder: true }).Select(e => e.Id)];
        foreach (ExpectedChange one in before)
        {
            if (one.IsDelete || deleted.Contains(one.OrderId))
                Settle(one);
            else if (one.At < point - Skew)
                Miss(one);
        }

        Found(m => m.At < point && (m.IsDelete || deleted.Contains(m.OrderId) || (_rows.TryGetValue(m.OrderId, out (OrderRow? Row, DateTime) row) && row.Row is null)));
        if (_missing.Count == 0)
            _counts.Missing = 0;
        // What it did not send is in MySQL no more, or never was.
        _rows.Forget((_, row) => row.Arrived < point);
        // Consumers have every row as it is.
        _counts.OutOfOrder = 0;
        _counts.BeganAnew = null;
        _answered = point;
    }

    private void Found(Predicate<ExpectedChange> which)
    {
        _counts.Missing -= _missing.RemoveAll(which);
        _missed.IntersectWith(_missing.Select(m => (m.IsOrder, m.Id)));
    }

    private ExpectedChange? Find(ChangeEvent change, Predicate<ExpectedChange> which) => _waiting.GetValueOrDefault((change.IsOrder, change.Id))?.Find(which);

    private void Settle(ExpectedChange expected)
    {
        expected.IsSettled = true;
        _waitingCount--;
        List<ExpectedChange> same = _waiting[(expected.IsOrder, expected.Id)];
        same.Remove(expected);
        if (same.Count == 0)
            _waiting.Remove((expected.IsOrder, expected.Id));
    }

    private void Miss(ExpectedChange expected)
    {
        Settle(expected);
        _counts.Missing++;
        if (_missing.Count == MostNamed)
            return;
        _missing.Add(expected);
        _missed.Add((expected.IsOrder, expected.Id));
    }

    private void Fault(string what, DateTime now)
    {
        _counts.Faults++;
        (_counts.LastFault, _counts.LastFaultAt) = (what, now);
    }

    private static int Values(ChangeEvent change) => change.Order is { } order
        ? HashCode.Combine(order.UserId, order.Symbol, order.OrderType, order.Quantity, order.Price, order.Status, order.CreatedAt)
        : HashCode.Combine(change.Execution);

    private static string Name(ChangeEvent change) => $"{(change.IsOrder ? "order" : "execution")} {change.Id}";
}
