namespace CdcLab.OrderSimulator.Trading;

/// <summary>Work beside the trading: resumes the open orders of earlier runs, purges the oldest finished orders, and pings MySQL while no worker uses it.</summary>
internal sealed class Maintenance(
    SimulatorSettings settings,
    Func<StepRunner> runners,
    WorkSource source,
    Reachability reachability,
    MarketFigures figures,
    TimeProvider time,
    ILogger<Maintenance> log) : IAsyncDisposable
{
    private const int LargestPurge = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly MySqlLink<MySqlConnection> _link = new(cancellationToken => MySqlSession.ConnectAsync(settings.ConnectionString, cancellationToken), reachability);
    private readonly StepRunner _runner = runners();
    private long _finishedEarlier;
    private long _highestEarlierId;
    private long _sweptUpTo;
    private long _resumedOrders;
    private long? _sweepEnded;

    /// <summary>Reads what earlier runs left, before the first order of this run. Retries until MySQL answers.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        for (int failures = 1; !await _link.TryAsync(ReadAsync, cancellationToken); failures++)
            await Task.Delay(Backoff.After(failures), time, cancellationToken);

        async Task<bool> ReadAsync(MySqlConnection connection)
        {
            _highestEarlierId = await StoredOrders.HighestIdAsync(connection, cancellationToken);
            _finishedEarlier = await StoredOrders.CountFinishedAsync(connection, cancellationToken);
            return true;
        }
    }

    public async Task RunAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        int failures = 0;
        while (true)
        {
            failures = await _link.TryAsync(WorkAsync, stopping) ? 0 : failures + 1;
            await Task.Delay(failures == 0 ? Interval : Backoff.After(failures), time, stopping);
        }

        async Task<bool> WorkAsync(MySqlConnection connection)
        {
            await ResumeOrdersAsync(connection, stopping);
            await PurgeAsync(connection, stopping, cancellationToken);
            // No ping if a worker just had an answer. While MySQL counts as lost, it is always pinged.
            if (reachability.State.Answers == true && reachability.TimeSinceAnswer < Interval)
                return false;
            // Not PingAsync, which has no time-out and returns false instead of an error.
            await using MySqlCommand ping = new("DO 0", connection);
            await ping.ExecuteNonQueryAsync(stopping);
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _runner.DisposeAsync();
        await _link.DisposeAsync();
    }

    // One page at a time, and only while there is room: memory stays bounded. It looks again later, because a commit of an earlier run whose outcome was unknown
    // can be decided after the first look.
    private async Task ResumeOrdersAsync(MySqlConnection connection, CancellationToken stopping)
    {
        if (_sweepEnded is { } ended)
        {
            if (time.GetElapsedTime(ended) < SweepInterval || source.HasResumedOrders)
                return;
            (_sweepEnded, _sweptUpTo) = (null, 0);
        }

        while (source.Open < WorkSource.MaxOpenOrders / 2)
        {
            IReadOnlyList<UnfinishedOrder> page = await StoredOrders.UnfinishedAsync(connection, _sweptUpTo, _highestEarlierId, stopping);
            foreach (UnfinishedOrder order in page)
            {
                source.Resume(order.Resume());
                figures.Resumed.Add();
                _resumedOrders++;
                _sweptUpTo = order.Id;
            }

            if (page.Count > 0)
                continue;
            _sweepEnded = time.GetTimestamp();
            if (_resumedOrders > 0)
                log.OrdersResumed(_resumedOrders);
            _resumedOrders = 0;
            return;
        }
    }

    private async Task PurgeAsync(MySqlConnection connection, CancellationToken stopping, CancellationToken cancellationToken)
    {
        // In batches: one transaction for many orders costs hardly more than for one.
        int batch = Math.Clamp(settings.Options.KeepOrders / 10, 1, LargestPurge);
        while (_finishedEarlier + figures.Finished - figures.Purged.Value - settings.Options.KeepOrders >= batch)
        {
            stopping.ThrowIfCancellationRequested();
            IReadOnlyList<long> oldest = await StoredOrders.OldestFinishedAsync(connection, batch, stopping);
            if (oldest.Count == batch && await _runner.RunAsync(new PurgeStep(oldest), stopping, cancellationToken))
                continue;
            // Another client purges the same orders: count again.
            _finishedEarlier = await StoredOrders.CountFinishedAsync(connection, stopping) - figures.Finished + figures.Purged.Value;
            return;
        }
    }
}
