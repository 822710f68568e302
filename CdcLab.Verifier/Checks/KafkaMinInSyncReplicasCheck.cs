using Confluent.Kafka;

namespace CdcLab.Verifier.Checks;

/// <summary><c>min.insync.replicas</c> of each running broker and of every topic is the model's.</summary>
internal sealed class KafkaMinInSyncReplicasCheck(VerifiedLab lab, BrokerSettingsSource brokers, ClusterSource cluster, KafkaAccess kafka) : ICheck
{
    private const string Setting = "min.insync.replicas";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private readonly string _expected = lab.Options.Kafka.MinInSyncReplicas.ToString();
    private readonly Promise _minimum = new(
        "kafka.min_insync_replicas",
        ResourceNames.Kafka,
        $"{Setting} is {lab.Options.Kafka.MinInSyncReplicas} on every broker and for every topic",
        "Below it acks=all is acknowledged by too few brokers, and one lost broker can lose the record; Kafka's own default is 1.");

    public IReadOnlyList<Promise> Promises => [_minimum];

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<BrokerSettings>> running = brokers.SeeAsync(cancellationToken);
        Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> topics = TopicsAsync(cancellationToken);
        await Task.WhenAll(running, topics);

        List<string> wrong =
        [
            .. (await running).Where(b => b.Answered).Select(b => (b.Broker.Name, Value: b.Values!.GetValueOrDefault(Setting, "not set")))
                .Concat((await topics).Select(t => (Name: $"topic {t.Key}", Value: t.Value.GetValueOrDefault(Setting, "not set"))))
                .Where(x => x.Value != _expected)
                .Select(x => $"{x.Name} has {x.Value}"),
        ];
        if (wrong.Count > 0)
            return [_minimum.Failed(string.Join("; ", wrong), $"Restart a broker that has another value; set a topic's with kafka-configs --add-config {Setting}={_expected}.", needs: [])];
        if ((await running).FirstOrDefault(b => !b.Answered) is { } silent)
            return [_minimum.Unknown($"Not every broker could be asked: {silent.WhyNot}.", Unreachable.Start(silent.Broker.Name), [silent.Broker.Name])];
        return [_minimum.Ok($"{_expected} on {lab.Brokers.Count} brokers and for {(await topics).Count} topics")];
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> TopicsAsync(CancellationToken cancellationToken)
    {
        ClusterState state = await cluster.SeeAsync(cancellationToken);
        try
        {
            return await kafka.Admin.TopicSettingsAsync([.. state.Topics.Select(t => t.Key)], Limit, cancellationToken);
        }
        catch (KafkaException e)
        {
            throw new CannotLookException($"The topics' settings could not be read: the cluster {Unreachable.Words(e)}.", "See whether the brokers run.", e);
        }
    }
}
