namespace CdcLab.Verifier.Checks;

/// <summary>What ZooKeeper tells of the cluster: brokers, controller, and whether every replica is in sync, those of Kafka's own topics included.</summary>
internal sealed class KafkaClusterCheck(VerifiedLab lab, ClusterSource cluster, KafkaFix fixes) : ICheck
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
        Remedy = "registered brokers elect one by themselves, as soon as no node of another is in the way",
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
    private readonly TimeSpan _return = (2 * lab.Options.Kafka.SessionTimeout) + TimeSpan.FromSeconds(8);

    private HashSet<string> _newBefore = [];
    private HashSet<int> _registered = [];
    private long? _missingSince, _lackingSince, _foreignSince;

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
        bool isLate = IsLate(missing.Count > 0, ref _missingSince, _return);
        string wait = isLate ? $"Run {string.Join("; ", missing.Select(m => $"`{KafkaFix.Restart(m)}`"))}: it has had the time in which a broker that runs registers again by itself."
            : $"Wait, up to {_return.TotalSeconds:0} s: a broker that runs registers again by itself, as soon as ZooKeeper answers it.";
        string foreigner = $"Broker {foreign.FirstOrDefault()} is not one of this lab's. Run `{fixes.DeleteNode($"/brokers/ids/{foreign.FirstOrDefault()}")}`: "
            + "it takes away what says so. One that runs comes back; find out who started it.";
        return missing.Count > 0 ? _brokers.Failed($"{actual}; missing: {string.Join(", ", missing)}", wait, missing)
            : foreign.Count > 0 ? _brokers.Failed(actual, foreigner, needs: [])
            : _brokers.Ok(actual);
    }

    private Verdict Controller(ClusterState state)
    {
        bool isForeign = state.Controller is { } id && state.Brokers.All(b => b.Id != id);
        // A controller's node goes with its registration: one that stays alone is not in a session that ends.
        string fix = IsLate(isForeign, ref _foreignSince, lab.Options.Kafka.SessionTimeout)
            ? $"Run `{fixes.DeleteNode("/controller")}`: the node stands in the way, and the brokers elect one as soon as it is gone."
            : $"Wait, up to {_return.TotalSeconds:0} s: the brokers that are registered elect one by themselves.";
        return state.Controller is null ? _controller.Failed("there is none", fix)
            : state.Controller == ClusterState.Nobody ? _controller.Failed("its node in ZooKeeper is not of Kafka's shape", fix, needs: []) with { Follows = [] }
            : isForeign ? _controller.Failed($"broker {state.Controller}, which is not registered", fix)
            : _controller.Ok(ResourceNames.Broker(state.Controller.Value));
    }

    private Verdict InSync(ClusterState state)
    {
        IReadOnlyList<PartitionState> partitions = state.Partitions;
        string[] overwritten = [.. state.Overwritten.Where(p => p.StartsWith("/brokers/topics/", StringComparison.Ordinal))];
        if (overwritten.Length > 0)
        {
            return _isr.Failed(
                $"ZooKeeper does not know the partitions of a topic: {KafkaFix.Named(overwritten.Select(p => $"{p} is not of Kafka's shape"))}",
                $"Nobody needs a node that was never a topic, and what a topic's node said is lost: {KafkaFix.Type(overwritten.Select(fixes.DeleteNodes))} A topic that was there is made anew, without its records.",
                needs: []);
        }

        // A topic is being made for a fraction of a second, Kafka's own with its first consumer: that is no lost replica unless it lasts until the next look.
        HashSet<string> justMade = [.. partitions.Where(p => p.IsNew && !_newBefore.Contains(p.Name)).Select(p => p.Name)];
        _newBefore = [.. partitions.Where(p => p.IsNew).Select(p => p.Name)];
        List<PartitionState> lacking = [.. partitions.Where(p => p.IsUnderReplicated && !justMade.Contains(p.Name))];
        // Who has just come back has its time before it.
        if (!_registered.SetEquals(state.Brokers.Select(b => b.Id)))
            (_registered, _lackingSince) = ([.. state.Brokers.Select(b => b.Id)], null);
        bool isLate = IsLate(lacking.Count > 0, ref _lackingSince, _return);
        if (lacking.Count == 0)
        {
            return justMade.Count > 0
                ? _isr.Unknown($"{justMade.Count} partitions are just being made.", "Wait for the next look.")
                : _isr.Ok($"all {partitions.Count} partitions whole");
        }

        int[] absent = [.. lacking.SelectMany(p => p.Replicas.Except(p.InSync)).Distinct().Order()];
        string[] names = [.. absent.Select(ResourceNames.Broker)];
        // One that is not registered comes back first. One that is and keeps up nowhere is stuck; one that keeps up elsewhere is not let in by who leads the partition.
        string[] stuck = [.. absent.Where(id => IsRegistered(id) && !KeepsUp(id)).Select(Restart)];
        string[] leaders = [.. lacking.Where(p => p.Replicas.Except(p.InSync).All(KeepsUp)).Select(p => p.Leader).OfType<int>().Distinct().Order().Select(Restart)];
        string wait = $"Wait, up to {_return.TotalSeconds:0} s, {(absent.Length == 0 ? "for the election of a leader" : $"until {string.Join(", ", names)} has caught up")}.";
        return _isr.Failed(
            $"{lacking.Count} of {partitions.Count} partitions lack a replica: {KafkaFix.Named(lacking.Select(Describe))}",
            !isLate || stuck.Length + leaders.Length == 0 ? wait
                : $"Run {string.Join("; ", stuck.Length > 0 ? stuck : leaders)}: a replica has had the time in which it catches up by itself{(stuck.Length > 0 ? "" : ", and does for other leaders")}.",
            absent.Length == 0 ? null : names) with
        { Follows = [.. _isr.Follows, .. state.IsThrottled ? ["kafka.dynamic_settings"] : Array.Empty<string>()] };

        bool IsRegistered(int id) => state.Brokers.Any(b => b.Id == id);

        bool KeepsUp(int id) => partitions.Any(p => p.Leader is { } leader && leader != id && p.InSync.Contains(id));

        static string Restart(int id) => $"`{KafkaFix.Restart(ResourceNames.Broker(id))}`";
    }

    // Restarts are for what does not come back by itself.
    private static bool IsLate(bool isWrong, ref long? since, TimeSpan limit)
    {
        since = isWrong ? since ?? Stopwatch.GetTimestamp() : null;
        return since is { } start && Stopwatch.GetElapsedTime(start) > limit;
    }

    private static string Describe(PartitionState partition) =>
        $"{partition.Name} has {Ids(partition.InSync)} of {Ids(partition.Replicas)}{(partition.Leader is null ? " and no leader" : "")}";

    private static string Ids(IReadOnlyList<int> ids) => ids.Count == 0 ? "none" : string.Join(",", ids);
}
