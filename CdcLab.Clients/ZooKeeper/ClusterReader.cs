namespace CdcLab.Clients.ZooKeeper;

/// <summary>Reads the Kafka cluster out of ZooKeeper's nodes.</summary>
public static class ClusterReader
{
    /// <summary>Reads brokers, controller and every partition, in one session and four to six round trips.</summary>
    /// <param name="host">ZooKeeper's host.</param>
    /// <param name="port">Its client port.</param>
    /// <param name="cancellationToken">Ends the wait; give it a deadline.</param>
    /// <returns>The cluster.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">Nothing listens there.</exception>
    /// <exception cref="IOException">The connection broke: ZooKeeper is starting or ending.</exception>
    /// <exception cref="InvalidDataException">What answered is not ZooKeeper, or a node is not of Kafka's shape.</exception>
    public static async Task<ClusterState> ReadAsync(string host, int port, CancellationToken cancellationToken)
    {
        await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(host, port, cancellationToken);
        return await ReadAsync(session, cancellationToken);
    }

    /// <summary>Reads brokers, controller and every partition.</summary>
    /// <param name="session">An open session.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The cluster.</returns>
    public static async Task<ClusterState> ReadAsync(ZooKeeperSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        List<RegisteredBroker> brokers = await BrokersAsync(session, cancellationToken);
        byte[]? controller = (await session.ReadAsync(["/controller"], cancellationToken))[0];
        List<PartitionState> partitions = await PartitionsAsync(session, [.. brokers.Select(b => b.Id)], cancellationToken);
        return new(brokers, controller is null ? null : KafkaNodes.Controller(controller), partitions);
    }

    private static async Task<List<RegisteredBroker>> BrokersAsync(ZooKeeperSession session, CancellationToken cancellationToken)
    {
        List<int> ids = [];
        foreach (string child in await session.ChildrenAsync("/brokers/ids", cancellationToken))
        {
            if (int.TryParse(child, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                ids.Add(id);
        }

        ids.Sort();
        IReadOnlyList<byte[]?> nodes = await session.ReadAsync([.. ids.Select(id => $"/brokers/ids/{id}")], cancellationToken);

        // A broker that left between the two reads has no node.
        return [.. ids.Zip(nodes).Where(b => b.Second is not null).Select(b => new RegisteredBroker(b.First, KafkaNodes.Endpoints(b.Second!)))];
    }

    private static async Task<List<PartitionState>> PartitionsAsync(ZooKeeperSession session, HashSet<int> registered, CancellationToken cancellationToken)
    {
        List<string> topics = [.. (await session.ChildrenAsync("/brokers/topics", cancellationToken)).Order(StringComparer.Ordinal)];
        IReadOnlyList<byte[]?> assignments = await session.ReadAsync([.. topics.Select(t => $"/brokers/topics/{t}")], cancellationToken);
        List<(string Topic, int Number, IReadOnlyList<int> Replicas)> assigned = [];
        foreach ((string topic, byte[]? node) in topics.Zip(assignments))
        {
            if (node is not null)
                assigned.AddRange(KafkaNodes.Assignment(node).Select(p => (topic, p.Number, p.Replicas)));
        }

        IReadOnlyList<byte[]?> states = await session.ReadAsync([.. assigned.Select(p => $"/brokers/topics/{p.Topic}/partitions/{p.Number}/state")], cancellationToken);
        List<PartitionState> partitions = new(assigned.Count);
        foreach (((string topic, int number, IReadOnlyList<int> replicas), byte[]? node) in assigned.Zip(states))
        {
            // A topic that was just made has no state node yet: nobody leads it, nobody is in sync.
            (int? leader, IReadOnlyList<int> inSync) = node is null ? (null, []) : KafkaNodes.State(node);

            // A state node is as its last leader or controller left it: once all of them are gone it still names brokers that are not there.
            leader = leader is { } id && registered.Contains(id) ? id : null;
            partitions.Add(new(topic, number, replicas, leader, [.. inSync.Where(registered.Contains)], IsNew: node is null, node is null ? null : KafkaNodes.LeaderEpoch(node)));
        }

        return partitions;
    }
}
