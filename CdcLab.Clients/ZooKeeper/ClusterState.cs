namespace CdcLab.Clients.ZooKeeper;

/// <summary>The Kafka cluster as ZooKeeper's nodes have it.</summary>
/// <param name="Brokers">The brokers that are registered now, by id.</param>
/// <param name="Controller">The controller's id; null while there is none.</param>
/// <param name="Partitions">Every partition of every topic, by name and number.</param>
public sealed record ClusterState(IReadOnlyList<RegisteredBroker> Brokers, int? Controller, IReadOnlyList<PartitionState> Partitions)
{
    /// <summary>The topics, by name.</summary>
    public IEnumerable<IGrouping<string, PartitionState>> Topics => Partitions.GroupBy(p => p.Topic, StringComparer.Ordinal);
}
