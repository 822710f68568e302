namespace CdcLab.Clients.Kafka;

/// <summary>What a client is told of the cluster.</summary>
/// <param name="BrokerIds">The brokers that are in the cluster.</param>
/// <param name="Partitions">The number of partitions of all topics.</param>
/// <param name="UnderReplicated">The partitions that lack a copy in sync, e.g. <c>orders-0</c>.</param>
public sealed record ClusterMetadata(IReadOnlySet<int> BrokerIds, int Partitions, IReadOnlyList<string> UnderReplicated);
