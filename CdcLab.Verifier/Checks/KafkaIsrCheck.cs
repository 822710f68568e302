namespace CdcLab.Verifier.Checks;

/// <summary>Every replica of every partition of every topic is in sync; the truth is ZooKeeper's state nodes.</summary>
internal sealed class KafkaIsrCheck(ClusterSource cluster) : ICheck
{
    private const int MostNamed = 5;

    private readonly Promise _isr = new(
        "kafka.isr",
        ResourceNames.Kafka,
        "every replica of every partition is in sync",
        "Only replicas in sync can take over without losing what was acknowledged.");

    private HashSet<string> _newBefore = [];

    public IReadOnlyList<Promise> Promises => [_isr];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<PartitionState> partitions = (await cluster.SeeAsync(cancellationToken)).Partitions;
        if (partitions.Count == 0)
            return [_isr.Unknown("There is no topic yet.", "Wait: the verifier makes its own topic when the brokers answer.")];

        // A topic is being made for a fraction of a second, Kafka's own with its first consumer: that is no lost replica unless it lasts until the next look.
        HashSet<string> justMade = [.. partitions.Where(p => p.IsNew && !_newBefore.Contains(p.Name)).Select(p => p.Name)];
        _newBefore = [.. partitions.Where(p => p.IsNew).Select(p => p.Name)];
        List<PartitionState> lacking = [.. partitions.Where(p => p.IsUnderReplicated && !justMade.Contains(p.Name))];
        if (lacking.Count == 0 && justMade.Count > 0)
            return [_isr.Unknown($"{justMade.Count} partitions are just being made.", "Wait for the next look.")];
        if (lacking.Count == 0)
            return [_isr.Ok($"all {partitions.Count} partitions whole")];

        int[] absent = [.. lacking.SelectMany(p => p.Replicas.Except(p.InSync)).Distinct().Order()];
        string names = string.Join("; ", lacking.Take(MostNamed).Select(Describe));
        string more = lacking.Count > MostNamed ? $"; and {lacking.Count - MostNamed} more" : "";
        return
        [
            _isr.Failed(
                $"{lacking.Count} of {partitions.Count} partitions lack a replica: {names}{more}",
                absent.Length == 0
                    ? "Wait for the election of a leader."
                    : $"Start {string.Join(", ", absent.Select(ResourceNames.Broker))} if it has ended, else wait until it has caught up.",
                absent.Length == 0 ? null : [.. absent.Select(ResourceNames.Broker)]),
        ];
    }

    private static string Describe(PartitionState partition) =>
        $"{partition.Name} has {Ids(partition.InSync)} of {Ids(partition.Replicas)}{(partition.Leader is null ? " and no leader" : "")}";

    private static string Ids(IReadOnlyList<int> ids) => ids.Count == 0 ? "none" : string.Join(",", ids);
}
