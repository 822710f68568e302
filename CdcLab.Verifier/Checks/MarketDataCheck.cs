using CdcLab.Clients.Market;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The market's tables: rows that fit each other, values that can be, and what the market's ledger says, by one look.</summary>
internal sealed class MarketDataCheck(MySqlAccess access, MarketClient market, string ledgerFolder, TimeProvider time) : ICheck
{
    // Blocks of the ledger at a look: 8 MiB is more than the market writes in a minute at 200 orders a second.
    private const int NewerBlocks = 8;
    private const int OlderBlocks = 2;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly MarketWalk _walk = new(time);
    private MarketAudit _audit = new(new MarketBook());
    private LedgerReader _ledger = new(ledgerFolder);
    private volatile bool _readsBack = true;

    public IReadOnlyList<Promise> Promises => MarketAudit.Promises;

    /// <summary>The statements that set back what the last look found, in their order; null while the ledger is still being read back.</summary>
    public IReadOnlyList<string>? SetBack => _readsBack ? null : _audit.SetBack;

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        // The ledger is read before the rows and after them: what got a line in between is moving, and is left for the next look.
        HashSet<long> moving = [];
        string? unread = Read(() => Follow([]));
        bool readsBack = false;
        unread ??= Read(() => readsBack = ReadBack());
        _readsBack = unread is not null || readsBack;
        MarketRows rows = await ReadRowsAsync(cancellationToken);
        unread ??= Read(() => Follow(moving));
        bool hasLedger = unread is null && _ledger.IsThere;
        _audit.IsLedgerWhole &= _ledger.IsWhole;
        IReadOnlyList<OrderRow> ahead = _audit.Judge(rows, moving, hasLedger, time.GetUtcNow().UtcDateTime);
        if (ahead.Count > 0)
        {
            MarketState? state = await AskAsync(cancellationToken);
            unread = Read(() => Follow(moving));
            _audit.Confirm(ahead, moving, unread is null ? state : null);
        }

        return _audit.Verdicts(_walk.ToString(), unread ?? (hasLedger || rows.Orders.Count == 0 ? null : $"There is no ledger in {ledgerFolder}."), readsBack);
    }

    private void Follow(HashSet<long> moving)
    {
        for (int i = 0; i < NewerBlocks; i++)
        {
            if (_ledger.ReadNewer(Take))
                return;
        }

        throw new IOException("The ledger grows faster than it is read.");

        void Take(LedgerEntry entry)
        {
            _audit.Book.TakeNewer(entry);
            moving.UnionWith(entry.OrderIds ?? [entry.OrderId]);
        }
    }

    private bool ReadBack()
    {
        for (int i = 0; i < OlderBlocks; i++)
        {
            if (_audit.Book.IsFull || !_ledger.ReadOlder(_audit.Book.TakeOlder))
                return false;
        }

        return !_audit.Book.IsFull;
    }

    private string? Read(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidDataException)
        {
            // What was read already stands elsewhere now, or nowhere.
            (_ledger, _audit) = (new(ledgerFolder), new(new MarketBook()) { IsLedgerWhole = e is FileNotFoundException });
            return e is FileNotFoundException ? "The ledger was deleted or replaced; it is read anew." : $"The ledger is damaged, or was changed where it had been read ({e.Message.TrimEnd('.')}); it is read anew.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The ledger cannot be read: {e.Message}";
        }
    }

    private async Task<MarketRows> ReadRowsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using MySqlConnection connection = await access.OpenAsync(cancellationToken);
            return await _walk.ReadAsync(connection, _audit.Broken, cancellationToken);
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownDatabase or MySqlErrorCode.BadFieldError
            or MySqlErrorCode.TableAccessDenied or MySqlErrorCode.DatabaseAccessDenied)
        {
            const string Fix = "See mysql.schema.orders, mysql.schema.order_executions and mysql.grants.debezium.";
            throw new CannotLookException($"The tables cannot be read: {e.Message}.", Fix, e);
        }
    }

    private async Task<MarketState?> AskAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            return await market.StateAsync(limit.Token);
        }
        catch (Exception e) when (Unreachable.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
