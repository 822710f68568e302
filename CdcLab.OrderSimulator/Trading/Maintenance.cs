namespace CdcLab.OrderSimulator.Trading;

/// <summary>Work beside the trading: resumes the open orders of earlier runs, purges the oldest finished orders, and pings MySQL while no worker uses it.</summary>
internal sealed class Maintenance(
    string connectionString,
    StepRunner runner,
    WorkSource source,
    Reachability reachability,
    MarketFigures figures,
    SimulatorOptions options,
    TimeProvider time,
    ILogger<Maintenance> log) : IAsyncDisposable
{
    private const int LargestPurge = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private MySqlConnection? _connection;
    private long _lastWorked;
    private long _finishedEarlier;
    private long _highestEarlierId;
    private long _sweptUpTo;
    private long _resumedOrders;
    private long? _sweepEnded;

    /// <summary>Reads what earlier runs left, before the first order of this run. Retries until MySQL answers.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        Backoff backoff = new();
        while (!await TryAsync(ReadAsync, cancellationToken))
            await Task.Delay(backoff.Next(), time, cancellationToken);

        async Task<bool> ReadAsync(MySqlConnection connection)
        {
            _highestEarlierId = await UnfinishedOrder.HighestAsync(connection, cancellationToken);
            _finishedEarlier = await FinishedOrders.CountAsync(connection, cancellationToken);
            return true;
        }
    }

    public async Task RunAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        Backoff backoff = new();
        while (true)
        {
            bool answered = await TryAsync(
                async connection =>
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
                },
                stopping);
            if (answered)
                backoff = new();
            await Task.Delay(answered ? Interval : backoff.Next(), time, stopping);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await runner.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
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
            IReadOnlyList<UnfinishedOrder> page = await UnfinishedOrder.PageAsync(connection, _sweptUpTo, _highestEarlierId, stopping);
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
        int batch = Math.Clamp(options.KeepOrders / 10, 1, LargestPurge);
        while (_finishedEarlier + figures.Finished - figures.Purged.Value - options.KeepOrders >= batch)
        {
            stopping.ThrowIfCancellationRequested();
            IReadOnlyList<long> oldest = await FinishedOrders.OldestAsync(connection, batch, stopping);
            if (oldest.Count == batch && await runner.RunAsync(new PurgeStep(oldest), stopping, cancellationToken) == StepOutcome.Done)
                continue;
            // Another client purges the same orders: count again.
            _finishedEarlier = await FinishedOrders.CountAsync(connection, stopping) - figures.Finished + figures.Purged.Value;
            return;
        }
    }

    // The work returns whether MySQL answered anything.
    private async Task<bool> TryAsync(Func<MySqlConnection, Task<bool>> work, CancellationToken stopping)
    {
        long began = reachability.Begin();
        // As in StepRunner: a failure of an open connection says only that it broke since it last worked.
        long lastWorked = _connection is null ? began : _lastWorked;
        try
        {
            if (_connection is null)
            {
                _connection = new(connectionString);
                await _connection.OpenAsync(stopping);
            }

            if (!await work(_connection))
                return true;
            reachability.Answered(began);
            _lastWorked = reachability.Begin();
            return true;
        }
        catch (Exception e) when (StepRunner.IsMySqlError(e) && !stopping.IsCancellationRequested)
        {
            reachability.Failed(lastWorked, e);
            MySqlConnection? broken = _connection;
            _connection = null;
            if (broken is not null)
                await broken.DisposeAsync();
            return false;
        }
    }
}
