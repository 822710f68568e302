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

/// <summary>A broker as it registered itself in ZooKeeper.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Endpoints">Its advertised listeners, e.g. <c>INTERNAL://kafka-1:29092</c>.</param>
public sealed record RegisteredBroker(int Id, IReadOnlyList<string> Endpoints);

/// <summary>One partition as ZooKeeper's nodes have it: the truth, which brokers' metadata may lag.</summary>
/// <param name="Topic">Its topic.</param>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Replicas">The brokers that shall have it; the first is the preferred leader.</param>
/// <param name="Leader">The broker that leads it; null where none does.</param>
/// <param name="InSync">The brokers whose copy is complete.</param>
/// <param name="IsNew">Whether it is only planned: its topic was just made, and no leader was ever elected.</param>
/// <param name="LeaderEpoch">Which leader in a row this one is: records carry the epoch they were written in. Null where it is not known.</param>
public sealed record PartitionState(string Topic, int Number, IReadOnlyList<int> Replicas, int? Leader, IReadOnlyList<int> InSync, bool IsNew = false, int? LeaderEpoch = null)
{
    /// <summary>Whether a replica is missing from the in-sync set, or nobody leads.</summary>
    public bool IsUnderReplicated => InSync.Count < Replicas.Count || Leader is null;

    /// <summary>Its name, e.g. <c>orders-0</c>.</summary>
    public string Name => $"{Topic}-{Number}";
}
