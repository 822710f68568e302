using System.Data.Common;
using System.Diagnostics;
using System.Net.Sockets;
using CdcLab.Clients.Market;
using MySqlConnector;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>Brings steps into the database, each exactly once, through whatever happens to MySQL. Holds one session; for one caller at a time.
/// <para>A step that failed before its COMMIT was sent is not done: closing the session rolls it back. One whose COMMIT was sent and not answered is neither
/// done nor failed: the runner asks the database until it knows.</para></summary>
/// <param name="open">Opens a session.</param>
/// <param name="ledger">Writes what was committed.</param>
/// <param name="reachability">Learns whether MySQL answers.</param>
/// <param name="figures">Counts and measures.</param>
/// <param name="time">The clock.</param>
internal sealed class StepRunner(
    Func<CancellationToken, Task<IMarketSession>> open,
    Action<LedgerEntry> ledger,
    Reachability reachability,
    MarketFigures figures,
    TimeProvider time) : IAsyncDisposable
{
    private IMarketSession? _session;
    private long _sound;

    /// <summary>Runs one step until it is done or refused.</summary>
    /// <param name="step">The step.</param>
    /// <param name="stopping">No further try is begun once this is cancelled; one that is under way ends.</param>
    /// <param name="cancellationToken">Ends even a try that is under way.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="OperationCanceledException">It was ended; whether the step is in the database is not known.</exception>
    public async Task<StepOutcome> RunAsync(MarketStep step, CancellationToken stopping, CancellationToken cancellationToken)
    {
        // Before anything is tried, and not between staging and commit: a ledger that cannot be written must not look like a MySQL that does not answer.
        if (step is PurgeStep purge)
        {
            step.At = MarketStep.Now(time);
            ledger(purge.Intent());
        }

        Backoff backoff = new();
        Attempt last = Attempt.Failed;
        for (int tries = 0; ; tries++)
        {
            if (tries == OrderTraces.MostTries && Activity.Current is not null)
                Activity.Current = OrderTraces.None;
            last = await TryAsync(step, inDoubt: last == Attempt.InDoubt, cancellationToken);
            if (last == Attempt.Done)
            {
                ledger(step.Entry());
                figures.Done(step);
                return StepOutcome.Done;
            }

            if (last == Attempt.Refused)
            {
                figures.Refused();
                return StepOutcome.Refused;
            }

            figures.Retried(step);
            // When the service stops, what is in doubt may still be asked for; nothing is tried anew.
            await Task.Delay(backoff.Next(), time, last == Attempt.InDoubt ? cancellationToken : stopping);
        }
    }

    /// <summary>What MySQL or the way to it can throw; anything else is a fault of ours and ends the service.</summary>
    public static bool IsMySqls(Exception error) => error is DbException or IOException or SocketException or TimeoutException or ObjectDisposedException;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(DropAsync());

    private async Task<Attempt> TryAsync(MarketStep step, bool inDoubt, CancellationToken cancellationToken)
    {
        long began = reachability.Begin();
        // What a connection that was open already fails with only says that it broke since it last worked.
        long sound = _session is null ? began : _sound;
        try
        {
            _session ??= await open(cancellationToken);
            if (inDoubt)
            {
                bool done = await _session.WasDoneAsync(step, cancellationToken);
                Answered(began);
                if (done)
                {
                    figures.FoundDone();
                    return Attempt.Done;
                }

                inDoubt = false;
            }

            step.At = MarketStep.Now(time);
            if (!await _session.StageAsync(step, cancellationToken))
            {
                Answered(began);
                return Attempt.Refused;
            }

            inDoubt = true;
            long sent = Stopwatch.GetTimestamp();
            await _session.CommitAsync(cancellationToken);
            figures.Committed(step, Stopwatch.GetElapsedTime(sent));
            Answered(began);
            return Attempt.Done;
        }
        catch (Exception e) when (IsMySqls(e) && !cancellationToken.IsCancellationRequested)
        {
            await DropAsync();
            // A deadlock, or a lock that was waited for too long, is an answer.
            if (e is not MySqlException { ErrorCode: MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout })
                reachability.Failed(sound, e);
            return inDoubt ? Attempt.InDoubt : Attempt.Failed;
        }
    }

    private void Answered(long began)
    {
        reachability.Answered(began);
        _sound = reachability.Begin();
    }

    private async Task DropAsync()
    {
        if (_session is not { } session)
            return;
        _session = null;
        try
        {
            await session.DisposeAsync();
        }
        catch (Exception e) when (IsMySqls(e))
        {
            // The session is broken already; the error that broke it has been reported.
        }
    }

    private enum Attempt
    {
        // In the database.
        Done,

        // The database is not as the step expects.
        Refused,

        // Not in the database; to be tried again.
        Failed,

        // The commit was sent and not answered; to be asked for.
        InDoubt,
    }
}
