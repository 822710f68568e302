namespace CdcLab.Model.Live;

/// <summary>What a resource is.</summary>
public enum ResourceKind
{
    /// <summary>A server: MySQL, ZooKeeper, a broker, Kafka UI.</summary>
    Server,

    /// <summary>A service of ours.</summary>
    Service,
}
