namespace CdcLab.Verifier.Checks;

/// <summary>Weighs the market's commits against the transactions of the binlog. Others may add transactions; nothing may add a commit without one.</summary>
internal sealed class CommitCount(int workers)
{
    // Each worker, and the purge, may have committed what it has not written to its ledger yet.
    private readonly long _inFlight = workers + 4;
    private (long Commits, long Executed)? _start;
    private long _least;
    private bool _isBroken;

    public long Hidden { get; private set; }

    public long Committed { get; private set; }

    public long Executed { get; private set; }

    /// <summary>The transactions are counted anew: what was counted before says nothing of them.</summary>
    public void Begin() => (_start, _isBroken, Committed, Executed) = (null, true, 0, 0);

    /// <summary>Takes the transactions counted, then the commits, then the transactions again.</summary>
    public void Take(long before, long commits, long after)
    {
        if (_start is { } start)
        {
            (Committed, Executed) = (commits - start.Commits, after - start.Executed);
            // Against the look at which the fewest commits had the most transactions: what strangers added since must not hide a gap.
            if (commits - after - _least is var gap && gap > _inFlight)
                Hidden = Math.Max(Hidden, gap);
        }

        if (!_isBroken)
            (_start, _least) = (_start ?? (commits, before), Math.Min(_start is null ? long.MaxValue : _least, commits - before));
        _isBroken = false;
    }
}
