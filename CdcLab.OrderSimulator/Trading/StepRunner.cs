using System.Runtime.CompilerServices;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>Commits each step exactly once, whatever happens to MySQL. For one caller at a time.
/// <para>A step that failed before its COMMIT was sent is not done: closing the session rolls it back. If the COMMIT was sent and not answered, the outcome is
/// unknown: the runner asks the database until it knows.</para></summary>
internal sealed class StepRunner(
    Func<CancellationToken, Task<IMarketSession>> open,
    Action<LedgerEntry> ledger,
    Reachability reachability,
    MarketFigures figures,
    TimeProvider time) : IAsyncDisposable
{
    private readonly MySqlLink<IMarketSession> _link = new(open, reachability);
    private readonly StrongBox<long> _committing = figures.AddRunner();

    /// <summary>Runs one step until it is committed and in the ledger; false: another client has changed the order, and the step was not done. No further attempt
    /// starts after <c>stopping</c> is cancelled; the other token cancels even an attempt that runs, and then it is not known whether the step is committed.</summary>
    public async Task<bool> RunAsync(MarketStep step, CancellationToken stopping, CancellationToken cancellationToken)
    {
        // Outside the attempt, as the entry below: a ledger that cannot be written must not be taken for a MySQL error.
        if (step is PurgeStep purge)
        {
            step.At = MarketStep.Now(time);
            ledger(purge.Intent());
        }

        // The COMMIT was sent and not answered.
        bool isUnknown = false;
        bool isDone = true;
        for (int failures = 1; !await _link.TryAsync(AttemptAsync, cancellationToken); failures++)
        {
            figures.AddRetry(step);
            if (failures == OrderTraces.MaxTracedAttempts)
                Activity.Current = null;
            // While the service stops, an unknown outcome is still asked for; nothing new is attempted.
            await Task.Delay(Backoff.After(failures), time, isUnknown ? cancellationToken : stopping);
        }

        if (isDone)
            ledger(step.Entry());
        Volatile.Write(ref _committing.Value, 0);
        figures.AddOutcome(step, isDone);
        return isDone;

        async Task<bool> AttemptAsync(IMarketSession session)
        {
            if (isUnknown && await session.WasCommittedAsync(step, cancellationToken))
            {
                figures.FoundCommitted.Add();
                return true;
            }

            isUnknown = false;
            step.At = MarketStep.Now(time);
            isDone = await session.StageAsync(step, cancellationToken);
            if (!isDone)
                return true;
            isUnknown = true;
            Volatile.Write(ref _committing.Value, step.At.Ticks);
            long sent = Stopwatch.GetTimestamp();
            await session.CommitAsync(cancellationToken);
            figures.AddCommit(step, Stopwatch.GetElapsedTime(sent));
            return true;
        }
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();
}
