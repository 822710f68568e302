namespace CdcLab.Verifier.Sources;

/// <summary>The cluster as ZooKeeper's nodes have it, looked up once for all checks of a round.</summary>
public sealed class ClusterSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly SharedLook<ClusterState> _look;
    private readonly int _port;

    /// <summary>Makes the source.</summary>
    /// <param name="lab">Where ZooKeeper is.</param>
    /// <param name="time">The clock.</param>
    public ClusterSource(VerifiedLab lab, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(lab);
        _port = lab.Ports.ZooKeeper;
        _look = new(end => ClusterReader.ReadAsync(Loopback.Address, _port, end), Limit, time);
    }

    /// <summary>The cluster now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The cluster.</returns>
    /// <exception cref="CannotLookException">ZooKeeper does not answer.</exception>
    public async Task<ClusterState> SeeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _look.SeeAsync(cancellationToken);
        }
        catch (Exception e) when (Unreachable.Is(e) || e is ZooKeeperException)
        {
            throw new CannotLookException(
                $"The truth about the cluster is in ZooKeeper, and ZooKeeper at {Loopback.Address}:{_port} {Unreachable.Words(e)}.",
                Unreachable.Start(ResourceNames.ZooKeeper),
                e,
                [ResourceNames.ZooKeeper]);
        }
    }

    /// <summary>The cluster as it was seen last, without looking.</summary>
    /// <param name="maxAge">How long ago that may be.</param>
    /// <returns>The cluster; null where that is too long ago.</returns>
    public ClusterState? Last(TimeSpan maxAge) => _look.Last(maxAge);
}
