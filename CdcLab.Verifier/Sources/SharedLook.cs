namespace CdcLab.Verifier.Sources;

/// <summary>One look that several checks judge: whoever asks first looks, who asks meanwhile or shortly after gets the same answer, or the same failure.</summary>
/// <typeparam name="T">What is seen.</typeparam>
/// <param name="look">Looks; its token is cancelled when the limit is over.</param>
/// <param name="limit">How long one look may take: less than a check's own limit, so that the check can say what did not answer.</param>
/// <param name="time">The clock.</param>
public sealed class SharedLook<T>(Func<CancellationToken, Task<T>> look, TimeSpan limit, TimeProvider time)
    where T : class
{
    /// <summary>How long an answer serves: the checks of one round start together, the next round comes much later.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(900);

    private readonly Lock _gate = new();
    private Task<T>? _latest;
    private long _started;
    private T? _seen;
    private long _seenAt;

    /// <summary>What is there now.</summary>
    /// <param name="cancellationToken">Ends the wait of this one asker.</param>
    /// <returns>What was seen, at most a second ago.</returns>
    public Task<T> SeeAsync(CancellationToken cancellationToken)
    {
        Task<T> task;
        lock (_gate)
        {
            if (_latest is null || (_latest.IsCompleted && time.GetElapsedTime(_started) > MaxAge))
            {
                _started = time.GetTimestamp();
                _latest = Task.Run(LimitedAsync, CancellationToken.None);
            }

            task = _latest;
        }

        return task.WaitAsync(cancellationToken);
    }

    /// <summary>What was seen last, without looking.</summary>
    /// <param name="maxAge">How old it may be.</param>
    /// <returns>What was seen; null where that is too long ago.</returns>
    public T? Last(TimeSpan maxAge)
    {
        lock (_gate)
            return _seen is not null && time.GetElapsedTime(_seenAt) <= maxAge ? _seen : null;
    }

    private async Task<T> LimitedAsync()
    {
        using CancellationTokenSource end = new(limit, time);
        T seen = await look(end.Token);
        lock (_gate)
        {
            _seen = seen;
            _seenAt = time.GetTimestamp();
        }

        return seen;
    }
}
