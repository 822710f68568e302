namespace CdcLab.Verifier.Sources;

/// <summary>The cluster as ZooKeeper's nodes have it, looked up once for all checks of a round.</summary>
internal sealed class ClusterSource(VerifiedLab lab, FiguresStore figures, TimeProvider time)
{
    private readonly SharedLook<ClusterState> _look =
        new(end => ClusterReader.ReadAsync(VerifiedLab.Loopback, lab.Ports.ZooKeeper, end), TimeSpan.FromSeconds(2), time);

    /// <summary>How old what was seen may be to be told without looking.</summary>
    private readonly TimeSpan _maxAge = CheckRunner.Intervals * lab.Options.Verifier.Interval;

    /// <summary>The cluster as it was seen last, without looking; null where that is too long ago.</summary>
    public ClusterState? Last => _look.Last(_maxAge);

    public async Task<ClusterState> SeeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _look.SeeAsync(cancellationToken);
        }
        catch (ZooKeeperException e) when (e.Code == ZooKeeperException.NoAuth)
        {
            // It answers: a restart would change nothing.
            throw new CannotLookException(
                $"The truth about the cluster is in ZooKeeper, and {e.Path} may not be read: somebody changed its access list.", KafkaFix.Type([new KafkaFix(lab, figures).Open(e.Path)]), e, needs: []);
        }
        catch (Exception e) when (Unreachable.Is(e) || e is ZooKeeperException)
        {
            throw new CannotLookException(
                $"The truth about the cluster is in ZooKeeper, and ZooKeeper at {VerifiedLab.Loopback}:{lab.Ports.ZooKeeper} {Unreachable.Words(e)}.",
                Unreachable.Restart(ResourceNames.ZooKeeper),
                e,
                [ResourceNames.ZooKeeper]);
        }
    }
}

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
