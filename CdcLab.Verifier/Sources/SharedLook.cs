namespace CdcLab.Verifier.Sources;

/// <summary>One look that several checks judge: whoever asks first looks, who asks meanwhile or shortly after gets the same answer, or the same failure.</summary>
internal sealed class SharedLook<T>(Func<CancellationToken, Task<T>> look, TimeSpan limit, TimeProvider time)
    where T : class
{
    /// <summary>How long an answer serves: the checks of one round start together, the next round comes much later.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMilliseconds(900);

    private readonly Lock _gate = new();
    private Task<T>? _latest;
    private long _started;
    private (T Seen, long At)? _last;

    public Task<T> SeeAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_latest is null || (_latest.IsCompleted && time.GetElapsedTime(_started) > MaxAge))
                (_started, _latest) = (time.GetTimestamp(), Task.Run(LimitedAsync, CancellationToken.None));
            return _latest.WaitAsync(cancellationToken);
        }
    }

    public T? Last(TimeSpan maxAge)
    {
        lock (_gate)
            return _last is { } last && time.GetElapsedTime(last.At) <= maxAge ? last.Seen : null;
    }

    private async Task<T> LimitedAsync()
    {
        using CancellationTokenSource end = new(limit, time);
        T seen = await look(end.Token);
        lock (_gate)
            _last = (seen, time.GetTimestamp());
        return seen;
    }
}
