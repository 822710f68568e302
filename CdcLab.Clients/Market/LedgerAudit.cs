namespace CdcLab.Clients.Market;

/// <summary>Compares the market's ledger with the database: every acknowledged commit that was not purged has its rows, nothing was executed twice, and the
/// invariants of the specification hold for every order. It can run while the market trades: each ledger line is read before the rows it is about.</summary>
public sealed class LedgerAudit
{
    private const int BatchLines = 2000;
    private const int RangeWidth = 20_000;

    private readonly MySqlConnection _connection;
    private readonly LedgerReader _ledger;
    private readonly AuditProblems _problems = new();
    private readonly HashSet<long> _executionIds = [];
    private readonly HashSet<long> _purged = [];
    private readonly HashSet<long> _purging = [];
    private readonly Dictionary<long, LedgerKind> _missing = [];
    private long _lines;

    private LedgerAudit(MySqlConnection connection, string ledgerFolder) => (_connection, _ledger) = (connection, new(ledgerFolder));

    /// <summary>Runs the audit.</summary>
    /// <param name="connection">An open connection of a user who may read the orders schema, for this audit alone.</param>
    /// <param name="ledgerFolder">The ledger's folder (<see cref="LedgerFolder.In"/>).</param>
    /// <param name="cancellationToken">Cancels the audit.</param>
    public static async Task<LedgerAuditReport> RunAsync(MySqlConnection connection, string ledgerFolder, CancellationToken cancellationToken = default)
    {
        LedgerAudit audit = new(connection, ledgerFolder);
        await audit.CompareLinesAsync(cancellationToken);
        await audit.CheckMissingAsync(cancellationToken);
        await audit.CheckPurgedAsync(cancellationToken);
        (long orders, long executions) = await audit.CheckInvariantsAsync(cancellationToken);
        return new(audit._lines, orders, executions, audit._executionIds.Count, audit._purged.Count, audit._problems.Count, audit._problems.First);
    }

    private async Task CompareLinesAsync(CancellationToken cancellationToken)
    {
        List<LedgerEntry> batch = new(BatchLines);
        await foreach (LedgerEntry entry in _ledger.ReadAsync(cancellationToken))
        {
            _lines++;
            if (entry.Kind is LedgerKind.Purge or LedgerKind.Purging)
            {
                NotePurge(entry);
                continue;
            }

            if (entry.Kind == LedgerKind.Execute && !_executionIds.Add(entry.ExecutionId ?? 0))
                _problems.Add($"execution {entry.ExecutionId}: two ledger lines");
            batch.Add(entry);
            if (batch.Count < BatchLines)
                continue;
            await CompareAsync(batch, cancellationToken);
            batch.Clear();
        }

        if (batch.Count > 0)
            await CompareAsync(batch, cancellationToken);
    }

    private async Task CompareAsync(List<LedgerEntry> batch, CancellationToken cancellationToken)
    {
        Dictionary<long, OrderRows> rows = await OrderRows.ReadAsync(_connection, batch.Select(e => e.OrderId).Distinct(), cancellationToken);
        foreach (LedgerEntry entry in batch)
        {
            if (!rows.TryGetValue(entry.OrderId, out OrderRows? order))
                _missing.TryAdd(entry.OrderId, entry.Kind);
            else if (order.Contradiction(entry) is { } contradiction)
                _problems.Add($"order {entry.OrderId}, {entry.Kind} of {entry.At:O}: {contradiction}");
        }
    }

    // Rows can be purged after their line was read: the ledger is read again for purges before a row counts as lost.
    private async Task CheckMissingAsync(CancellationToken cancellationToken)
    {
        if (_missing.Keys.All(id => _purged.Contains(id) || _purging.Contains(id)))
            return;
        await foreach (LedgerEntry entry in _ledger.ReadAsync(cancellationToken))
        {
            if (entry.Kind is LedgerKind.Purge or LedgerKind.Purging)
                NotePurge(entry);
        }

        foreach ((long id, LedgerKind kind) in _missing)
        {
            if (!_purged.Contains(id) && !_purging.Contains(id))
                _problems.Add($"order {id}: its {kind} was acknowledged, and there is no such order");
        }
    }

    private async Task CheckPurgedAsync(CancellationToken cancellationToken)
    {
        foreach (long[] ids in _purged.Chunk(BatchLines))
        {
            foreach (long id in (await OrderRows.ReadAsync(_connection, ids, cancellationToken)).Keys)
                _problems.Add($"order {id}: purged, and still there");
        }
    }

    private void NotePurge(LedgerEntry entry)
    {
        HashSet<long> where = entry.Kind == LedgerKind.Purge ? _purged : _purging;
        foreach (long id in entry.OrderIds ?? [])
            where.Add(id);
    }

    private async Task<(long Orders, long Executions)> CheckInvariantsAsync(CancellationToken cancellationToken)
    {
        (long first, long last) = await ReadPairAsync($"SELECT COALESCE(MIN(order_id), 0), COALESCE(MAX(order_id), -1) FROM {Orders}", cancellationToken);
        for (long from = first; from <= last; from += RangeWidth)
        {
            await AddRowsAsync(
                $"""
                SELECT o.order_id, o.status, o.quantity, COALESCE(e.executed, 0)
                FROM {Orders} o LEFT JOIN (
                  SELECT order_id, SUM(quantity) AS executed, MIN(quantity) AS smallest FROM {Executions} WHERE order_id BETWEEN {from} AND {from + RangeWidth - 1} GROUP BY order_id
                ) e ON e.order_id = o.order_id
                WHERE o.order_id BETWEEN {from} AND {from + RangeWidth - 1}
                  AND (COALESCE(e.smallest, 1) < 1 OR NOT CASE o.status
                    WHEN 'PENDING' THEN COALESCE(e.executed, 0) = 0
                    WHEN 'PARTIAL' THEN e.executed > 0 AND e.executed < o.quantity
                    WHEN 'FILLED' THEN COALESCE(e.executed, 0) = o.quantity
                    ELSE COALESCE(e.executed, 0) <= o.quantity END)
                """,
                row => $"order {row.GetInt64(0)}: {row.GetString(1)} with {row.GetDecimal(3)} of {row.GetInt32(2)} executed",
                cancellationToken);
        }

        await AddRowsAsync(
            $"SELECT e.execution_id, e.order_id FROM {Executions} e LEFT JOIN {Orders} o ON o.order_id = e.order_id WHERE o.order_id IS NULL LIMIT 100",
            row => $"execution {row.GetInt64(0)}: of order {row.GetInt64(1)}, which does not exist",
            cancellationToken);
        return await ReadPairAsync($"SELECT (SELECT COUNT(*) FROM {Orders}), (SELECT COUNT(*) FROM {Executions})", cancellationToken);
    }

    private static string Orders => $"{OrdersSchema.Database}.{OrdersSchema.Orders.Name}";

    private static string Executions => $"{OrdersSchema.Database}.{OrdersSchema.OrderExecutions.Name}";

    private async Task<(long First, long Second)> ReadPairAsync(string sql, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = new(sql, _connection) { CommandTimeout = OrderRows.CommandTimeout };
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private async Task AddRowsAsync(string sql, Func<MySqlDataReader, string> problem, CancellationToken cancellationToken)
    {
        await using MySqlCommand command = new(sql, _connection) { CommandTimeout = OrderRows.CommandTimeout };
        await using MySqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            _problems.Add(problem(reader));
    }

    // All are counted, only the first are kept: memory stays bounded if the whole database is lost.
    private sealed class AuditProblems
    {
        private const int Kept = 100;
        private readonly List<string> _first = [];

        public long Count { get; private set; }

        public IReadOnlyList<string> First => _first;

        public void Add(string problem)
        {
            Count++;
            if (_first.Count < Kept)
                _first.Add(problem);
        }
    }
}

/// <summary>The result of a ledger audit.</summary>
/// <param name="Lines">Ledger lines that were read.</param>
/// <param name="Orders">Orders in the database.</param>
/// <param name="ExecutionsInDatabase">Executions in the database.</param>
/// <param name="ExecutionsInLedger">Executions in the ledger. Fewer than in the database: a commit was not acknowledged (the simulator was killed), or its line was
/// deleted with the oldest segment. More: executions were purged.</param>
/// <param name="Purged">Orders that are purged according to the ledger.</param>
/// <param name="ProblemCount">The number of problems.</param>
/// <param name="Problems">The first problems, one line each.</param>
public sealed record LedgerAuditReport(
    long Lines, long Orders, long ExecutionsInDatabase, long ExecutionsInLedger, long Purged, long ProblemCount, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nothing acknowledged is lost, nothing was executed twice, and every invariant holds.</summary>
    public bool IsClean => ProblemCount == 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Lines} ledger lines ({ExecutionsInLedger} executions, {Purged} orders purged), {Orders} orders and {ExecutionsInDatabase} executions in the database: {(IsClean ? "clean" : $"{ProblemCount} problems{Environment.NewLine}{string.Join(Environment.NewLine, Problems)}")}");
}
