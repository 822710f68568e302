using System.Data.Common;
using System.Net.Sockets;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>Commits each step exactly once, whatever happens to MySQL. Has one session; for one caller at a time.
/// <para>A step that failed before its COMMIT was sent is not done: closing the session rolls it back. If the COMMIT was sent and not answered, the outcome is
/// unknown: the runner asks the database until it knows.</para></summary>
internal sealed class StepRunner(
    Func<CancellationToken, Task<IMarketSession>> open,
    Action<LedgerEntry> ledger,
    Reachability reachability,
    MarketFigures figures,
    TimeProvider time) : IAsyncDisposable
{
    private IMarketSession? _session;
    private long _lastWorked;

    /// <summary>Runs one step until it is committed or refused. No further attempt starts after <c>stopping</c> is cancelled; the other token cancels even an
    /// attempt that runs.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; whether the step is committed is not known.</exception>
    public async Task<StepOutcome> RunAsync(MarketStep step, CancellationToken stopping, CancellationToken cancellationToken)
    {
        // Outside the attempt: a ledger that cannot be written must not be taken for a MySQL error.
        if (step is PurgeStep purge)
        {
            step.At = MarketStep.Now(time);
            ledger(purge.Intent());
        }

        Backoff backoff = new();
        Attempt last = Attempt.Failed;
        for (int attempts = 0; ; attempts++)
        {
            if (attempts == OrderTraces.MaxTracedAttempts && Activity.Current is not null)
                Activity.Current = OrderTraces.NotSampled;
            last = await TryAsync(step, unknown: last == Attempt.Unknown, cancellationToken);
            if (last == Attempt.Done)
            {
                ledger(step.Entry());
                figures.AddStep(step);
                return StepOutcome.Done;
            }

            if (last == Attempt.Refused)
            {
                figures.Refused.Add();
                return StepOutcome.Refused;
            }

            figures.AddRetry(step);
            // While the service stops, an unknown outcome is still asked for; nothing new is attempted.
            await Task.Delay(backoff.Next(), time, last == Attempt.Unknown ? cancellationToken : stopping);
        }
    }

    /// <summary>Whether MySQL or the connection failed. Any other exception is a bug and ends the service.</summary>
    public static bool IsMySqlError(Exception error) => error is DbException or IOException or SocketException or TimeoutException or ObjectDisposedException;

    public ValueTask DisposeAsync() => new(DropAsync());

    private async Task<Attempt> TryAsync(MarketStep step, bool unknown, CancellationToken cancellationToken)
    {
        long began = reachability.Begin();
        // A failure of an open connection says only that it broke since it last worked.
        long lastWorked = _session is null ? began : _lastWorked;
        try
        {
            _session ??= await open(cancellationToken);
            if (unknown)
            {
                bool done = await _session.WasCommittedAsync(step, cancellationToken);
                Answered(began);
                if (done)
                {
                    figures.FoundCommitted.Add();
                    return Attempt.Done;
                }

                unknown = false;
            }

            step.At = MarketStep.Now(time);
            if (!await _session.StageAsync(step, cancellationToken))
            {
                Answered(began);
                return Attempt.Refused;
            }

            unknown = true;
            long sent = Stopwatch.GetTimestamp();
            await _session.CommitAsync(cancellationToken);
            figures.AddCommit(step, Stopwatch.GetElapsedTime(sent));
            Answered(began);
            return Attempt.Done;
        }
        catch (Exception e) when (IsMySqlError(e) && !cancellationToken.IsCancellationRequested)
        {
            await DropAsync();
            // A deadlock or a lock time-out is an answer.
            if (e is not MySqlException { ErrorCode: MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout })
                reachability.Failed(lastWorked, e);
            return unknown ? Attempt.Unknown : Attempt.Failed;
        }
    }

    private void Answered(long began)
    {
        reachability.Answered(began);
        _lastWorked = reachability.Begin();
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
        catch (Exception e) when (IsMySqlError(e))
        {
            // The session is broken already; the error that broke it has been reported.
        }
    }

    private enum Attempt
    {
        Done,
        Refused,
        Failed,

        // The commit was sent and not answered.
        Unknown,
    }
}

internal enum StepOutcome
{
    /// <summary>It is committed, once, and in the ledger.</summary>
    Done,

    /// <summary>The order was changed by another client; the step was not done.</summary>
    Refused,
}

/// <summary>The delay before the next attempt: 100 ms, doubled each time up to 2 s, less a random part of up to a half so that workers do not retry together.
/// It does not use the market's random numbers: the orders do not depend on how often MySQL failed.</summary>
internal struct Backoff
{
    private const int FirstMilliseconds = 100;
    private const int MaxMilliseconds = 2000;
    private int _attempts;

    public TimeSpan Next()
    {
        int whole = Math.Min(FirstMilliseconds << Math.Min(_attempts++, 5), MaxMilliseconds);
        return TimeSpan.FromMilliseconds(whole * (1 - (Random.Shared.NextDouble() / 2)));
    }
}
