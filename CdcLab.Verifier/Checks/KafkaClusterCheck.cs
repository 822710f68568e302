namespace CdcLab.Verifier.Checks;

/// <summary>What ZooKeeper tells of the cluster: brokers, controller, and the replicas of every partition of every topic, Kafka's own included.</summary>
internal sealed class KafkaClusterCheck(VerifiedLab lab, ClusterSource cluster) : ICheck
{
    private const int MostNamed = 5;

    private readonly int _replicas = lab.Options.Kafka.ReplicationFactor;
    private readonly Promise _brokers = Of(
        "kafka.brokers", $"brokers {string.Join(", ", lab.Brokers.Select(b => b.Id))} are registered", "A broker that is not registered leads nothing and copies nothing.");
    private readonly Promise _controller = Of(
        "kafka.controller", "one of the registered brokers is the controller", "The controller elects leaders: without it a lost leader has no successor.");
    private readonly Promise _isr = Of(
        "kafka.isr", "every replica of every partition is in sync", "Only replicas in sync can take over without losing what was acknowledged.");
    private readonly Promise _factor = Of(
        "kafka.replication_factor",
        $"every partition has {lab.Options.Kafka.ReplicationFactor} replicas",
        "A topic with fewer copies loses data with the brokers that hold them, whatever the brokers' default is.");

    // Its session has to end, and what the old one registered must be gone, before a broker comes back.
    private readonly TimeSpan _return = (2 * lab.Options.Kafka.SessionTimeout) + TimeSpan.FromSeconds(20);

    private HashSet<string> _newBefore = [];

    public IReadOnlyList<Promise> Promises => [_brokers, _controller, _isr, _factor];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken) => Judge(await cluster.SeeAsync(cancellationToken));

    internal IReadOnlyList<Verdict> Judge(ClusterState state)
    {
        const string Wait = "Wait: the verifier makes its own topic when the brokers answer.";
        return state.Partitions.Count == 0
            ? [Brokers(state), Controller(state), _isr.Unknown("There is no topic yet.", Wait), _factor.Unknown("There is no topic yet.", Wait)]
            : [Brokers(state), Controller(state), InSync(state.Partitions), Factor(state)];
    }

    private static Promise Of(string id, string expected, string because) => new(id, ResourceNames.Kafka, expected, because);

    private Verdict Brokers(ClusterState state)
    {
        List<int> registered = [.. state.Brokers.Select(b => b.Id)];
        List<string> missing = [.. lab.Brokers.Where(b => !registered.Contains(b.Id)).Select(b => b.Name)];
        List<int> foreign = [.. registered.Where(id => lab.Brokers.All(b => b.Id != id))];
        string actual = registered.Count == 0 ? "none is registered" : $"registered: {string.Join(", ", registered)}";
        return missing.Count > 0 ? _brokers.Failed($"{actual}; missing: {string.Join(", ", missing)}", $"Wait, up to {_return.TotalSeconds:0} s: a broker that runs registers again by itself, as soon as ZooKeeper answers it.", missing)
            : foreign.Count > 0 ? _brokers.Failed(actual, $"Broker {foreign[0]} is not one of this lab's: find out who started it, or set Lab:Kafka:Brokers.", needs: [])
            : _brokers.Ok(actual);
    }

    private Verdict Controller(ClusterState state)
    {
        const string Fix = "Wait for the election, up to a session time-out (Lab:Kafka:SessionTimeout); if no broker runs, start one.";
        return state.Controller is not { } id ? _controller.Failed("there is none", Fix)
            : state.Brokers.All(b => b.Id != id) ? _controller.Failed($"broker {id}, which is not registered", Fix)
            : _controller.Ok(ResourceNames.Broker(id));
    }

    private Verdict InSync(IReadOnlyList<PartitionState> partitions)
    {
        // A topic is being made for a fraction of a second, Kafka's own with its first consumer: that is no lost replica unless it lasts until the next look.
        HashSet<string> justMade = [.. partitions.Where(p => p.IsNew && !_newBefore.Contains(p.Name)).Select(p => p.Name)];
        _newBefore = [.. partitions.Where(p => p.IsNew).Select(p => p.Name)];
        List<PartitionState> lacking = [.. partitions.Where(p => p.IsUnderReplicated && !justMade.Contains(p.Name))];
        if (lacking.Count == 0)
        {
            return justMade.Count > 0
                ? _isr.Unknown($"{justMade.Count} partitions are just being made.", "Wait for the next look.")
                : _isr.Ok($"all {partitions.Count} partitions whole");
        }

        string[] absent = [.. lacking.SelectMany(p => p.Replicas.Except(p.InSync)).Distinct().Order().Select(ResourceNames.Broker)];
        string names = string.Join("; ", lacking.Take(MostNamed).Select(Describe));
        string more = lacking.Count > MostNamed ? $"; and {lacking.Count - MostNamed} more" : "";
        return _isr.Failed(
            $"{lacking.Count} of {partitions.Count} partitions lack a replica: {names}{more}",
            absent.Length == 0 ? "Wait for the election of a leader." : $"Wait, up to {_return.TotalSeconds:0} s, until {string.Join(", ", absent)} has caught up.",
            absent.Length == 0 ? null : absent);
    }

    private Verdict Factor(ClusterState state)
    {
        List<string> wrong =
        [
            .. state.Topics
                .Select(t => (Topic: t.Key, Factors: t.Select(p => p.Replicas.Count).Distinct().Order().ToList()))
                .Where(t => t.Factors.Any(f => f != _replicas))
                .Select(t => $"{t.Topic} has {string.Join(" and ", t.Factors)}"),
        ];
        const string Fix = "Make the topic anew with the right replication factor, or give it more replicas (kafka-reassign-partitions).";
        return wrong.Count == 0 ? _factor.Ok($"{_replicas} in all {state.Topics.Count()} topics") : _factor.Failed(string.Join("; ", wrong), Fix, needs: []);
    }

    private static string Describe(PartitionState partition) =>
        $"{partition.Name} has {Ids(partition.InSync)} of {Ids(partition.Replicas)}{(partition.Leader is null ? " and no leader" : "")}";

    private static string Ids(IReadOnlyList<int> ids) => ids.Count == 0 ? "none" : string.Join(",", ids);
}
