namespace CdcLab.Verifier.Checks;

/// <summary>Every partition of every topic, Kafka's own included, has as many replicas as the model says.</summary>
internal sealed class KafkaReplicationFactorCheck(VerifiedLab lab, ClusterSource cluster) : ICheck
{
    private readonly Promise _factor = new(
        "kafka.replication_factor",
        ResourceNames.Kafka,
        $"every partition has {lab.Options.Kafka.ReplicationFactor} replicas",
        "A topic with fewer copies loses data with the brokers that hold them, whatever the brokers' default is.");

    public IReadOnlyList<Promise> Promises => [_factor];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        ClusterState state = await cluster.SeeAsync(cancellationToken);
        if (state.Partitions.Count == 0)
            return [_factor.Unknown("There is no topic yet.", "Wait: the verifier makes its own topic when the brokers answer.")];
        List<string> wrong =
        [
            .. state.Topics
                .Select(t => (Topic: t.Key, Factors: t.Select(p => p.Replicas.Count).Distinct().Order().ToList()))
                .Where(t => t.Factors.Any(f => f != lab.Options.Kafka.ReplicationFactor))
                .Select(t => $"{t.Topic} has {string.Join(" and ", t.Factors)}"),
        ];
        return
        [
            wrong.Count == 0
                ? _factor.Ok($"{lab.Options.Kafka.ReplicationFactor} in all {state.Topics.Count()} topics")
                : _factor.Failed(string.Join("; ", wrong), "Make the topic anew with the right replication factor, or give it more replicas (kafka-reassign-partitions).", needs: []),
        ];
    }
}
