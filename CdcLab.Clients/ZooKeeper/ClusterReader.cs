using System.Text.Json;

namespace CdcLab.Clients.ZooKeeper;

/// <summary>The Kafka cluster as ZooKeeper's nodes have it: the brokers that are registered now, by id, and every partition, by topic and number.</summary>
/// <param name="Controller">The controller's id; null while there is none.</param>
public sealed record ClusterState(IReadOnlyList<RegisteredBroker> Brokers, int? Controller, IReadOnlyList<PartitionState> Partitions)
{
    /// <summary>The controller where its node is there and names no broker.</summary>
    public const int Nobody = -1;

    public IReadOnlyList<ClientQuota> Quotas { get; init; } = [];

    /// <summary>What was set dynamically and can keep clients out of a broker.</summary>
    public IReadOnlyList<DynamicSetting> KeepingOut { get; init; } = [];

    /// <summary>Whether a dynamic setting slows down the copying between brokers.</summary>
    public bool IsThrottled { get; init; }

    /// <summary>The paths of topics and of entities with settings whose node is not of Kafka's shape.</summary>
    public IReadOnlyList<string> Overwritten { get; init; } = [];

    public IEnumerable<IGrouping<string, PartitionState>> Topics => Partitions.GroupBy(p => p.Topic, StringComparer.Ordinal);
}

/// <param name="Broker">Of this broker; null for the default of all.</param>
public sealed record DynamicSetting(int? Broker, string Name, string Value)
{
    /// <summary>Limits of connections and their rates, with or without a listener's name before them, and the threads that serve them.</summary>
    /// <param name="name">A setting's name.</param>
    /// <returns>True if a client may find no way in for it.</returns>
    public static bool MayKeepOut(string name) => name.Contains("max.connection", StringComparison.Ordinal) || name.EndsWith(".threads", StringComparison.Ordinal);

    /// <summary>Limits of the copying between brokers.</summary>
    /// <param name="name">A setting's name.</param>
    /// <returns>True if replicas may lag for it.</returns>
    public static bool SlowsCopies(string name) => name.EndsWith(".replication.throttled.rate", StringComparison.Ordinal);
}

/// <param name="Endpoints">Its advertised listeners, e.g. <c>INTERNAL://kafka-1:29092</c>.</param>
public sealed record RegisteredBroker(int Id, IReadOnlyList<string> Endpoints);

/// <summary>One partition as ZooKeeper's nodes have it: the truth, which brokers' metadata may lag.</summary>
/// <param name="Replicas">The brokers that shall have it; the first is the preferred leader.</param>
/// <param name="Leader">The broker that leads it; null where none does.</param>
/// <param name="InSync">The brokers whose copy is complete.</param>
/// <param name="IsNew">Whether it is only planned: its topic was just made, and no leader was ever elected.</param>
/// <param name="LeaderEpoch">Which leader in a row this one is: records carry the epoch they were written in. Null where it is not known.</param>
public sealed record PartitionState(
    string Topic, int Number, IReadOnlyList<int> Replicas, int? Leader, IReadOnlyList<int> InSync, bool IsNew = false, int? LeaderEpoch = null)
{
    /// <summary>The in-sync set as its node has it, brokers that are not registered any more among them.</summary>
    public IReadOnlyList<int> Written { get; init; } = [];

    /// <summary>Whether a replica is missing from the in-sync set, or nobody leads.</summary>
    public bool IsUnderReplicated => InSync.Count < Replicas.Count || Leader is null;

    public string Name => $"{Topic}-{Number}";
}

/// <summary>What clients, users or addresses may do at most.</summary>
/// <param name="Entity">Whom it limits: a type (clients, users, ips) and a name, or two of both for a client of a user.</param>
/// <param name="Limits">By Kafka's names, e.g. <c>producer_byte_rate</c>.</param>
public sealed record ClientQuota(IReadOnlyList<(string Type, string Name)> Entity, IReadOnlyDictionary<string, string> Limits)
{
    /// <summary>The name of all that have no quota of their own.</summary>
    public const string Default = "<default>";
}

public static class ClusterReader
{
    /// <summary>Reads brokers, controller, every partition, quotas and dynamic settings, in one session and eleven to fourteen round trips. Give it a deadline.</summary>
    /// <remarks>Throws as <see cref="ZooKeeperSession.OpenAsync"/> does.</remarks>
    public static async Task<ClusterState> ReadAsync(string host, int port, CancellationToken cancellationToken)
    {
        await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(host, port, cancellationToken);
        List<RegisteredBroker> brokers = await BrokersAsync(session, cancellationToken);
        byte[]? controller = (await session.ReadAsync(["/controller"], cancellationToken))[0];
        List<string> overwritten = [];
        List<PartitionState> partitions = await PartitionsAsync(session, [.. brokers.Select(b => b.Id)], overwritten, cancellationToken);
        IReadOnlyList<ClientQuota> quotas = await QuotasAsync(session, overwritten, cancellationToken);
        IReadOnlyList<DynamicSetting> dynamic = await DynamicAsync(session, cancellationToken);
        return new(brokers, controller is null ? null : KafkaNodes.Controller(controller), partitions)
        {
            Quotas = quotas,
            KeepingOut = [.. dynamic.Where(s => DynamicSetting.MayKeepOut(s.Name))],
            IsThrottled = dynamic.Any(s => DynamicSetting.SlowsCopies(s.Name)),
            Overwritten = overwritten,
        };
    }

    private static async Task<IReadOnlyList<DynamicSetting>> DynamicAsync(ZooKeeperSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> brokers = await session.ChildrenAsync("/config/brokers", cancellationToken);
        IReadOnlyList<byte[]?> nodes = await session.ReadAsync([.. brokers.Select(b => $"/config/brokers/{b}")], cancellationToken);
        return
        [
            .. from broker in brokers.Zip(nodes)
            where broker.Second is { Length: > 0 }
            from setting in KafkaNodes.Limits(broker.Second)
            select new DynamicSetting(int.TryParse(broker.First, CultureInfo.InvariantCulture, out int id) ? id : null, setting.Key, setting.Value),
        ];
    }

    private static async Task<IReadOnlyList<ClientQuota>> QuotasAsync(ZooKeeperSession session, List<string> overwritten, CancellationToken cancellationToken)
    {
        List<(string Type, string Name)[]> entities = [];
        foreach (string type in (string[])["clients", "users", "ips"])
        {
            foreach (string name in await session.ChildrenAsync($"/config/{type}", cancellationToken))
            {
                entities.Add([(type, name)]);
                if (type == "users")
                    entities.AddRange((await session.ChildrenAsync($"/config/users/{name}/clients", cancellationToken)).Select(client => new[] { (type, name), ("clients", client) }));
            }
        }

        string[] paths = [.. entities.Select(e => $"/config/{string.Join('/', e.Select(p => $"{p.Type}/{p.Name}"))}")];
        IReadOnlyList<byte[]?> nodes = await session.ReadAsync(paths, cancellationToken);
        List<ClientQuota> quotas = [];
        foreach (((string Type, string Name)[] entity, string path, byte[]? node) in entities.Zip(paths, nodes))
        {
            // A user who has none, but whose clients do, has an empty node.
            if (node is not { Length: > 0 })
                continue;
            if (KafkaNodes.Quotas(node) is not { } limits)
                overwritten.Add(path);
            else if (limits.Count > 0)
                quotas.Add(new([.. entity.Select(p => (p.Type, p.Name == ClientQuota.Default ? p.Name : Uri.UnescapeDataString(p.Name)))], limits));
        }

        return quotas;
    }

    private static async Task<List<RegisteredBroker>> BrokersAsync(ZooKeeperSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> children = await session.ChildrenAsync("/brokers/ids", cancellationToken);
        int[] ids = [.. children.Select(c => int.TryParse(c, NumberStyles.None, null, out int id) ? id : -1).Where(id => id >= 0).Order()];
        IReadOnlyList<byte[]?> nodes = await session.ReadAsync([.. ids.Select(id => $"/brokers/ids/{id}")], cancellationToken);

        // A broker that left between the two reads has no node.
        return [.. ids.Zip(nodes).Where(b => b.Second is not null).Select(b => new RegisteredBroker(b.First, KafkaNodes.Endpoints(b.Second!)))];
    }

    private static async Task<List<PartitionState>> PartitionsAsync(ZooKeeperSession session, HashSet<int> registered, List<string> overwritten, CancellationToken cancellationToken)
    {
        // A topic that is being deleted loses its replicas and leaders one by one: nobody promises anything of it any more.
        IReadOnlyList<string> deleted = await session.ChildrenAsync("/admin/delete_topics", cancellationToken);
        string[] topics = [.. (await session.ChildrenAsync("/brokers/topics", cancellationToken)).Except(deleted).Order(StringComparer.Ordinal)];
        IReadOnlyList<byte[]?> assignments = await session.ReadAsync([.. topics.Select(t => $"/brokers/topics/{t}")], cancellationToken);
        List<(string Topic, int Number, IReadOnlyList<int> Replicas)> assigned = [];
        foreach ((string topic, byte[]? node) in topics.Zip(assignments))
        {
            if (node is null)
                continue;
            if (KafkaNodes.Assignment(node) is { } numbers)
                assigned.AddRange(numbers.Select(p => (topic, p.Number, p.Replicas)));
            else
                overwritten.Add($"/brokers/topics/{topic}");
        }

        IReadOnlyList<byte[]?> states = await session.ReadAsync(
            [.. assigned.Select(p => $"/brokers/topics/{p.Topic}/partitions/{p.Number}/state")], cancellationToken);
        List<PartitionState> partitions = new(assigned.Count);
        foreach (((string topic, int number, IReadOnlyList<int> replicas), byte[]? node) in assigned.Zip(states))
        {
            // A topic that was just made has no state node yet: nobody leads it, nobody is in sync.
            (int? leader, IReadOnlyList<int> inSync, int? epoch) = node is null ? (null, [], null) : KafkaNodes.State(node);

            // A state node is as its last leader or controller left it: once all of them are gone it still names brokers that are not there.
            leader = leader is { } id && registered.Contains(id) ? id : null;
            partitions.Add(new(topic, number, replicas, leader, [.. inSync.Where(registered.Contains)], IsNew: node is null, epoch) { Written = inSync });
        }

        return partitions;
    }
}

/// <summary>The JSON that Kafka keeps in ZooKeeper's nodes (Kafka's <c>ZkData.scala</c>).</summary>
internal static class KafkaNodes
{
    private static readonly JsonSerializerOptions Shape = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>What a broker says that it listens on; none where its node was overwritten.</summary>
    public static IReadOnlyList<string> Endpoints(ReadOnlySpan<byte> node) => TryRead<BrokerNode>(node)?.Endpoints ?? [];

    /// <summary>The controller's id; <see cref="ClusterState.Nobody"/> where its node was overwritten.</summary>
    public static int Controller(ReadOnlySpan<byte> node) => TryRead<ControllerNode>(node)?.Brokerid ?? ClusterState.Nobody;

    /// <summary>The replicas of every partition of a topic; null where its node was overwritten.</summary>
    public static List<(int Number, IReadOnlyList<int> Replicas)>? Assignment(ReadOnlySpan<byte> node) =>
        TryRead<TopicNode>(node) is { } topic ? [.. topic.Partitions.Select(p => (p.Key, (IReadOnlyList<int>)p.Value))] : null;

    /// <summary>Leader, in-sync replicas and which leader in a row this one is; Kafka writes -1 where nobody leads, and nothing is known where the node was overwritten.</summary>
    public static (int? Leader, IReadOnlyList<int> InSync, int? LeaderEpoch) State(ReadOnlySpan<byte> node)
    {
        if (TryRead<StateNode>(node) is not { } state)
            return (null, [], null);
        return (state.Leader < 0 ? null : state.Leader, state.Isr, state.LeaderEpoch);
    }

    /// <summary>The limits among an entity's settings: a user's passwords stand beside them. Null where its node was overwritten.</summary>
    public static IReadOnlyDictionary<string, string>? Quotas(ReadOnlySpan<byte> node) =>
        TryRead<ConfigNode>(node)?.Config.Where(c => c.Key.EndsWith("_rate", StringComparison.Ordinal) || c.Key == "request_percentage").ToDictionary();

    /// <summary>What may keep clients out, or slows down the copying; nothing else: there are passwords among a broker's settings.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Limits(ReadOnlySpan<byte> node) =>
        TryRead<ConfigNode>(node)?.Config.Where(c => DynamicSetting.MayKeepOut(c.Key) || DynamicSetting.SlowsCopies(c.Key)) ?? [];

    private static T? TryRead<T>(ReadOnlySpan<byte> node)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(node, Shape);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record BrokerNode(string[]? Endpoints = null);

    private sealed record ControllerNode(int Brokerid);

    private sealed record TopicNode(SortedDictionary<int, int[]> Partitions);

    private sealed record ConfigNode(SortedDictionary<string, string> Config);

    private sealed record StateNode(int Leader, int[] Isr, int? LeaderEpoch = null);
}
