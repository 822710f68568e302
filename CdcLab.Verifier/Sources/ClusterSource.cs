namespace CdcLab.Verifier.Sources;

/// <summary>The cluster as ZooKeeper's nodes have it, looked up once for all checks of a round.</summary>
internal sealed class ClusterSource
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly SharedLook<ClusterState> _look;
    private readonly int _port;

    public ClusterSource(VerifiedLab lab, TimeProvider time)
    {
        _port = lab.Ports.ZooKeeper;
        _look = new(end => ClusterReader.ReadAsync(Loopback.Address, _port, end), Limit, time);
    }

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

    public ClusterState? Last(TimeSpan maxAge) => _look.Last(maxAge);
}
