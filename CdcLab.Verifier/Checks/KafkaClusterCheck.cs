namespace CdcLab.Verifier.Checks;

/// <summary>What ZooKeeper tells of the cluster: brokers, controller, and whether every replica is in sync, those of Kafka's own topics included.</summary>
internal sealed class KafkaClusterCheck(VerifiedLab lab, ClusterSource cluster) : ICheck
{
    private readonly Promise _brokers = new(
        "kafka.brokers",
        ResourceNames.Kafka,
        $"brokers {string.Join(", ", lab.Brokers.Select(b => b.Id))} are registered",
        "A broker that is not registered leads nothing and copies nothing.")
    {
        How = "ZooKeeper's nodes below /brokers/ids",
        Remedy = "a broker that runs registers again by itself; one that does not is started",
        Source = "Apache Kafka, Broker Configs, zookeeper.session.timeout.ms",
    };

    private readonly Promise _controller = new(
        "kafka.controller",
        ResourceNames.Kafka,
        "one of the registered brokers is the controller",
        "The controller elects leaders: without it a lost leader has no successor.")
    {
        How = "ZooKeeper's node /controller",
        Remedy = "registered brokers elect one by themselves",
        Source = "Apache Kafka, Design, Replication",
        Follows = ["kafka.brokers"],
    };

    private readonly Promise _isr = new(
        "kafka.isr",
        ResourceNames.Kafka,
        "every replica of every partition is in sync",
        "Only replicas in sync can take over without losing what was acknowledged.")
    {
        How = "the state of every partition in ZooKeeper's nodes",
        Remedy = "a follower catches up by itself",
        Source = "Apache Kafka, Design, Replicated Logs; Broker Configs, replica.lag.time.max.ms",
        Follows = ["kafka.brokers", "kafka.controller", "kafka.listeners.internal"],
    };

    // Its session has to end, and what the old one registered must be gone, before a broker comes back.
    private readonly TimeSpan _return = (2 * lab.Options.Kafka.SessionTimeout) + TimeSpan.FromSeconds(20);

    private HashSet<string> _newBefore = [];
    private long? _missingSince, _lackingSince;

    public IReadOnlyList<Promise> Promises => [_brokers, _controller, _isr];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken) => Judge(await cluster.SeeAsync(cancellationToken));

    internal IReadOnlyList<Verdict> Judge(ClusterState state)
    {
        const string Wait = "Wait: the verifier makes its own topic when the brokers answer.";
        return state.Partitions.Count == 0
            ? [Brokers(state), Controller(state), _isr.Unknown("There is no topic yet.", Wait)]
            : [Brokers(state), Controller(state), InSync(state)];
    }

    private Verdict Brokers(ClusterState state)
    {
        List<int> registered = [.. state.Brokers.Select(b => b.Id)];
        List<string> missing = [.. lab.Brokers.Where(b => !registered.Contains(b.Id)).Select(b => b.Name)];
        List<int> foreign = [.. registered.Where(id => lab.Brokers.All(b => b.Id != id))];
        string actual = registered.Count == 0 ? "none is registered" : $"registered: {string.Join(", ", registered)}";
        bool isLate = IsLate(missing.Count > 0, ref _missingSince);
        string wait = isLate ? $"Run {string.Join("; ", missing.Select(m => $"`{KafkaFix.Restart(m)}`"))}: it has had the time in which a broker that runs registers again by itself."
            : $"Wait, up to {_return.TotalSeconds:0} s: a broker that runs registers again by itself, as soon as ZooKeeper answers it.";
        string foreigner = $"Broker {foreign.FirstOrDefault()} is not one of this lab's: find out who started it, or set Lab:Kafka:Brokers.";
        return missing.Count > 0 ? _brokers.Failed($"{actual}; missing: {string.Join(", ", missing)}", wait, missing)
            : foreign.Count > 0 ? _brokers.Failed(actual, foreigner, needs: [])
            : _brokers.Ok(actual);
    }

    private Verdict Controller(ClusterState state)
    {
        string fix = $"Wait, up to {_return.TotalSeconds:0} s: the brokers that are registered elect one by themselves.";
        return state.Controller is not { } id ? _controller.Failed("there is none", fix)
            : state.Brokers.All(b => b.Id != id) ? _controller.Failed($"broker {id}, which is not registered", fix)
            : _controller.Ok(ResourceNames.Broker(id));
    }

    private Verdict InSync(ClusterState state)
    {
        IReadOnlyList<PartitionState> partitions = state.Partitions;

        // A topic is being made for a fraction of a second, Kafka's own with its first consumer: that is no lost replica unless it lasts until the next look.
        HashSet<string> justMade = [.. partitions.Where(p => p.IsNew && !_newBefore.Contains(p.Name)).Select(p => p.Name)];
        _newBefore = [.. partitions.Where(p => p.IsNew).Select(p => p.Name)];
        List<PartitionState> lacking = [.. partitions.Where(p => p.IsUnderReplicated && !justMade.Contains(p.Name))];
        bool isLate = IsLate(lacking.Count > 0, ref _lackingSince);
        if (lacking.Count == 0)
        {
            return justMade.Count > 0
                ? _isr.Unknown($"{justMade.Count} partitions are just being made.", "Wait for the next look.")
                : _isr.Ok($"all {partitions.Count} partitions whole");
        }

        int[] absent = [.. lacking.SelectMany(p => p.Replicas.Except(p.InSync)).Distinct().Order()];
        string[] names = [.. absent.Select(ResourceNames.Broker)];
        // One that is not registered comes back first; one that is and still lags is stuck.
        string[] stuck = [.. absent.Where(id => state.Brokers.Any(b => b.Id == id)).Select(id => $"`{KafkaFix.Restart(ResourceNames.Broker(id))}`")];
        string wait = $"Wait, up to {_return.TotalSeconds:0} s, {(absent.Length == 0 ? "for the election of a leader" : $"until {string.Join(", ", names)} has caught up")}.";
        return _isr.Failed(
            $"{lacking.Count} of {partitions.Count} partitions lack a replica: {KafkaFix.Named(lacking.Select(Describe))}",
            stuck.Length == 0 || !isLate ? wait : $"Run {string.Join("; ", stuck)}: it has had the time in which a replica catches up by itself.",
            absent.Length == 0 ? null : names);
    }

    // Restarts are for what does not come back by itself.
    private bool IsLate(bool isWrong, ref long? since)
    {
        since = isWrong ? since ?? Stopwatch.GetTimestamp() : null;
        return since is { } start && Stopwatch.GetElapsedTime(start) > _return;
    }

    private static string Describe(PartitionState partition) =>
        $"{partition.Name} has {Ids(partition.InSync)} of {Ids(partition.Replicas)}{(partition.Leader is null ? " and no leader" : "")}";

    private static string Ids(IReadOnlyList<int> ids) => ids.Count == 0 ? "none" : string.Join(",", ids);
}
