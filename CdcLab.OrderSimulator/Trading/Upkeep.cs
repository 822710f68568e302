using CdcLab.Model.Options;
using MySqlConnector;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>What the market needs beside its trade: the orders that earlier runs left open are taken up, the oldest finished ones are purged, and MySQL is asked
/// for a sign of life while nobody else talks to it.</summary>
/// <param name="connectionString">How to connect.</param>
/// <param name="runner">Runs the purges; ended with this.</param>
/// <param name="source">Takes in what was left open.</param>
/// <param name="reachability">Learns whether MySQL answers.</param>
/// <param name="figures">Counts.</param>
/// <param name="options">How many orders are kept.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed class Upkeep(
    string connectionString,
    StepRunner runner,
    WorkSource source,
    Reachability reachability,
    MarketFigures figures,
    SimulatorOptions options,
    TimeProvider time,
    ILogger<Upkeep> log) : IAsyncDisposable
{
    private const int LargestPurge = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SweepAgain = TimeSpan.FromMinutes(1);

    private MySqlConnection? _connection;
    private long _sound;
    private long _finishedBefore;
    private long _highestBefore;
    private long _sweptTo;
    private long _taken;
    private long? _sweepEnded;

    /// <summary>Finds out what earlier runs left, before the first order of this one. Tries until MySQL answers.</summary>
    /// <param name="cancellationToken">Ends the trying.</param>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        Backoff backoff = new();
        while (!await TryAsync(LookAsync, cancellationToken))
            await Task.Delay(backoff.Next(), time, cancellationToken);

        async Task<bool> LookAsync(MySqlConnection connection)
        {
            _highestBefore = await LeftOpen.HighestAsync(connection, cancellationToken);
            _finishedBefore = await FinishedOrders.CountAsync(connection, cancellationToken);
            return true;
        }
    }

    /// <summary>Does it, until it is stopped.</summary>
    /// <param name="stopping">Ends the work.</param>
    /// <param name="cancellationToken">Ends even a purge that is under way.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken cancellationToken)
    {
        Backoff backoff = new();
        while (true)
        {
            bool answered = await TryAsync(
                async connection =>
                {
                    await TakeUpAsync(connection, stopping);
                    await PurgeAsync(connection, stopping, cancellationToken);
                    // Workers that were answered just now say it better. While MySQL is thought to be gone, nobody may keep it so by not asking.
                    if (reachability.State.Answers == true && reachability.Silence < Pause)
                        return false;
                    // Not PingAsync, which knows no time-out and answers "false" instead of saying what is wrong.
                    await using MySqlCommand ping = new("DO 0", connection);
                    await ping.ExecuteNonQueryAsync(stopping);
                    return true;
                },
                stopping);
            if (answered)
                backoff = new();
            await Task.Delay(answered ? Pause : backoff.Next(), time, stopping);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await runner.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    // A page at a time, and only while there is room: however many were left, memory stays bounded. Once all are through it looks again now and then: a step
    // whose outcome the run before us never learnt may have been decided only after we looked.
    private async Task TakeUpAsync(MySqlConnection connection, CancellationToken stopping)
    {
        if (_sweepEnded is { } ended)
        {
            if (time.GetElapsedTime(ended) < SweepAgain || source.HoldsTakenUp)
                return;
            (_sweepEnded, _sweptTo) = (null, 0);
        }

        while (source.Open < WorkSource.MostOpen / 2)
        {
            IReadOnlyList<LeftOpen> page = await LeftOpen.PageAsync(connection, _sweptTo, _highestBefore, stopping);
            foreach (LeftOpen left in page)
            {
                source.TakeUp(left.TakeUp());
                figures.TakenUp();
                _taken++;
                _sweptTo = left.Id;
            }

            if (page.Count > 0)
                continue;
            _sweepEnded = time.GetTimestamp();
            if (_taken > 0)
                log.TookUp(_taken);
            _taken = 0;
            return;
        }
    }

    private async Task PurgeAsync(MySqlConnection connection, CancellationToken stopping, CancellationToken cancellationToken)
    {
        // In batches even when orders trickle: one transaction for many orders costs hardly more than for one.
        int batch = Math.Clamp(options.KeepOrders / 10, 1, LargestPurge);
        while (_finishedBefore + figures.Finished - figures.Purged - options.KeepOrders >= batch)
        {
            stopping.ThrowIfCancellationRequested();
            IReadOnlyList<long> oldest = await FinishedOrders.OldestAsync(connection, batch, stopping);
            if (oldest.Count == batch && await runner.RunAsync(new PurgeStep(oldest), stopping, cancellationToken) == StepOutcome.Done)
                continue;
            // Somebody else purges the same orders: what was counted along is wrong.
            _finishedBefore = await FinishedOrders.CountAsync(connection, stopping) - figures.Finished + figures.Purged;
            return;
        }
    }

    // The work says whether MySQL answered it anything.
    private async Task<bool> TryAsync(Func<MySqlConnection, Task<bool>> work, CancellationToken stopping)
    {
        long began = reachability.Begin();
        // As in StepRunner: a connection that was open already, and that may not have been used for long, says only that it broke since it last worked.
        long sound = _connection is null ? began : _sound;
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
            _sound = reachability.Begin();
            return true;
        }
        catch (Exception e) when (StepRunner.IsMySqls(e) && !stopping.IsCancellationRequested)
        {
            reachability.Failed(sound, e);
            MySqlConnection? broken = _connection;
            _connection = null;
            if (broken is not null)
                await broken.DisposeAsync();
            return false;
        }
    }
}
