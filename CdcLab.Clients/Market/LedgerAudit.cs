namespace CdcLab.Clients.Market;

/// <summary>Compares the market's ledger with the database: every acknowledged commit that was not purged has its rows, nothing was executed twice, and the
/// invariants of the specification hold for every order. It can run while the market trades: each ledger line is read before the rows it is about.</summary>
public sealed class LedgerAudit
{
    private const int BatchLines = 2000;
    private const int RangeWidth = 20_000;
    private const int KeptProblems = 100;

    private static readonly string Orders = $"{OrdersSchema.Database}.{OrdersSchema.Orders.Name}";
    private static readonly string Executions = $"{OrdersSchema.Database}.{OrdersSchema.OrderExecutions.Name}";

    private readonly MySqlConnection _connection;
    private readonly LedgerReader _ledger;
    private readonly HashSet<long> _executionIds = [];
    private readonly HashSet<long> _purged = [];
    private readonly HashSet<long> _purging = [];
    private readonly Dictionary<long, LedgerKind> _missing = [];

    // All are counted, only the first are kept: memory stays bounded if the whole database is lost.
    private readonly List<string> _problems = [];
    private long _problemCount;
    private long _lines;

    private LedgerAudit(MySqlConnection connection, string ledgerFolder) => (_connection, _ledger) = (connection, new(ledgerFolder));

    /// <summary>Runs the audit over a connection of its own, whose user may read the orders schema, and the folder of <see cref="LedgerFolder.In"/>.</summary>
    public static async Task<LedgerAuditReport> RunAsync(MySqlConnection connection, string ledgerFolder, CancellationToken cancellationToken = default)
    {
        LedgerAudit audit = new(connection, ledgerFolder);
        await audit.CompareLinesAsync(cancellationToken);
        await audit.CheckMissingAsync(cancellationToken);
        await audit.CheckPurgedAsync(cancellationToken);
        await audit.CheckInvariantsAsync(cancellationToken);
        (long orders, long executions) =
            await audit.PairAsync($"SELECT (SELECT COUNT(*) FROM {Orders}), (SELECT COUNT(*) FROM {Executions})", cancellationToken);
        return new(audit._lines, orders, executions, audit._executionIds.Count, audit._purged.Count, audit._problemCount, audit._problems);
    }

    private async Task CompareLinesAsync(CancellationToken cancellationToken)
    {
        await foreach (LedgerEntry[] lines in _ledger.ReadAsync(cancellationToken).Chunk(BatchLines))
        {
            _lines += lines.Length;
            LedgerEntry[] batch = [.. lines.Where(l => !NotePurge(l))];
            Dictionary<long, OrderRows> rows = await OrderRows.ReadAsync(_connection, batch.Select(e => e.OrderId).Distinct(), cancellationToken);
            foreach (LedgerEntry entry in batch)
            {
                if (entry.Kind == LedgerKind.Execute && !_executionIds.Add(entry.ExecutionId ?? 0))
                    Add($"execution {entry.ExecutionId}: two ledger lines");
                if (!rows.TryGetValue(entry.OrderId, out OrderRows? order))
                    _missing.TryAdd(entry.OrderId, entry.Kind);
                else if (order.Contradiction(entry) is { } contradiction)
                    Add($"order {entry.OrderId}, {entry.Kind} of {entry.At:O}: {contradiction}");
            }
        }
    }

    // Rows can be purged after their line was read: the ledger is read again for purges before a row counts as lost.
    private async Task CheckMissingAsync(CancellationToken cancellationToken)
    {
        if (!_missing.Keys.Any(IsLost))
            return;
        await foreach (LedgerEntry entry in _ledger.ReadAsync(cancellationToken))
            NotePurge(entry);
        foreach ((long id, LedgerKind kind) in _missing.Where(m => IsLost(m.Key)))
            Add($"order {id}: its {kind} was acknowledged, and there is no such order");
    }

    private bool IsLost(long id) => !_purged.Contains(id) && !_purging.Contains(id);

    private async Task CheckPurgedAsync(CancellationToken cancellationToken)
    {
        const string Problem = "SELECT CONCAT('order ', order_id, ': purged, and still there')";
        foreach (long[] ids in _purged.Chunk(BatchLines))
            await AddAllAsync($"{Problem} FROM {Orders} WHERE order_id IN ({string.Join(',', ids)})", cancellationToken);
    }

    private bool NotePurge(LedgerEntry entry)
    {
        if (entry.Kind is not (LedgerKind.Purge or LedgerKind.Purging))
            return false;
        (entry.Kind == LedgerKind.Purge ? _purged : _purging).UnionWith(entry.OrderIds ?? []);
        return true;
    }

    private async Task CheckInvariantsAsync(CancellationToken cancellationToken)
    {
        (long first, long last) = await PairAsync($"SELECT COALESCE(MIN(order_id), 0), COALESCE(MAX(order_id), -1) FROM {Orders}", cancellationToken);
        for (long from = first; from <= last; from += RangeWidth)
        {
            await AddAllAsync(
                $"""
                SELECT CONCAT('order ', o.order_id, ': ', o.status, ' with ', COALESCE(e.executed, 0), ' of ', o.quantity, ' executed')
                FROM {Orders} o LEFT JOIN (
                  SELECT order_id, SUM(quantity) AS executed, MIN(quantity) AS smallest
                  FROM {Executions} WHERE order_id BETWEEN {from} AND {from + RangeWidth - 1} GROUP BY order_id
                ) e ON e.order_id = o.order_id
                WHERE o.order_id BETWEEN {from} AND {from + RangeWidth - 1}
                  AND (COALESCE(e.smallest, 1) < 1 OR NOT CASE o.status
                    WHEN 'PENDING' THEN COALESCE(e.executed, 0) = 0
                    WHEN 'PARTIAL' THEN COALESCE(e.executed, 0) > 0 AND e.executed < o.quantity
                    WHEN 'FILLED' THEN COALESCE(e.executed, 0) = o.quantity
                    ELSE COALESCE(e.executed, 0) <= o.quantity END)
                """,
                cancellationToken);
        }

        await AddAllAsync(
            $"""
            SELECT CONCAT('execution ', e.execution_id, ': of order ', e.order_id, ', which does not exist')
            FROM {Executions} e LEFT JOIN {Orders} o ON o.order_id = e.order_id WHERE o.order_id IS NULL LIMIT {KeptProblems}
            """,
            cancellationToken);
    }

    private async Task AddAllAsync(string problemsSql, CancellationToken cancellationToken)
    {
        foreach (string problem in await _connection.QueryAsync<string>(OrderRows.Command(problemsSql, cancellationToken)))
            Add(problem);
    }

    private void Add(string problem)
    {
        _problemCount++;
        if (_problems.Count < KeptProblems)
            _problems.Add(problem);
    }

    private Task<(long, long)> PairAsync(string sql, CancellationToken cancellationToken) =>
        _connection.QuerySingleAsync<(long, long)>(OrderRows.Command(sql, cancellationToken));
}

/// <summary>The result of a ledger audit, with the first problems, one line each.</summary>
/// <remarks>
/// The ledger has fewer executions than the database where a commit was not acknowledged (the simulator was killed), or its line was deleted with the oldest
/// segment; it has more where executions were purged.
/// </remarks>
public sealed record LedgerAuditReport(
    long Lines, long Orders, long ExecutionsInDatabase, long ExecutionsInLedger, long Purged, long ProblemCount, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nothing acknowledged is lost, nothing was executed twice, and every invariant holds.</summary>
    public bool IsClean => ProblemCount == 0;

    public override string ToString() =>
        $"{Lines} lines ({ExecutionsInLedger} executions, {Purged} orders purged), {Orders} orders and {ExecutionsInDatabase} executions in the database: "
        + (IsClean ? "clean" : string.Join(Environment.NewLine, [$"{ProblemCount} problems", .. Problems]));
}
