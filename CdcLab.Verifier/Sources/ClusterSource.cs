namespace CdcLab.Verifier.Sources;

/// <summary>The cluster as ZooKeeper's nodes have it, looked up once for all checks of a round.</summary>
internal sealed class ClusterSource(VerifiedLab lab, TimeProvider time)
{
    private readonly SharedLook<ClusterState> _look =
        new(end => ClusterReader.ReadAsync(VerifiedLab.Loopback, lab.Ports.ZooKeeper, end), TimeSpan.FromSeconds(2), time);

    /// <summary>How old what was seen may be to be told without looking.</summary>
    private readonly TimeSpan _maxAge = (2 * lab.Options.Verifier.Interval) + CheckRunner.TimeLimit;

    /// <summary>The cluster as it was seen last, without looking; null where that is too long ago.</summary>
    public ClusterState? Last => _look.Last(_maxAge);

    public async Task<ClusterState> SeeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _look.SeeAsync(cancellationToken);
        }
        catch (Exception e) when (Unreachable.Is(e) || e is ZooKeeperException)
        {
            throw new CannotLookException(
                $"The truth about the cluster is in ZooKeeper, and ZooKeeper at {VerifiedLab.Loopback}:{lab.Ports.ZooKeeper} {Unreachable.Words(e)}.",
                Unreachable.Start(ResourceNames.ZooKeeper),
                e,
                [ResourceNames.ZooKeeper]);
        }
    }
}
