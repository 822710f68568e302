namespace CdcLab.Verifier.Probes;

/// <summary>The probe's own topic: nobody else's data is touched, and it never grows.</summary>
/// <param name="Id">What tells it from one of the same name that was deleted before it was made.</param>
/// <param name="Partitions">Its partitions: one that was there already may have been made for another number of brokers.</param>
internal sealed record ProbeTopic(string Id, int Partitions)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The topic that has the name now.</summary>
    /// <returns>The topic; null where there is none.</returns>
    /// <exception cref="Confluent.Kafka.KafkaException">No broker answers.</exception>
    public static async Task<ProbeTopic?> FindAsync(IKafkaTopics topics, CancellationToken cancellationToken) =>
        await topics.TopicAsync(KafkaTopic.ProbeName, Limit, cancellationToken) is var (id, partitions) ? new(id, partitions) : null;

    /// <summary>The topic that has the name now; one is made where there is none.</summary>
    /// <returns>The topic, and whether it was made now.</returns>
    /// <exception cref="Confluent.Kafka.KafkaException">No broker answers, or it cannot be made.</exception>
    public static async Task<(ProbeTopic Topic, bool Made)> EnsureAsync(VerifiedLab lab, IKafkaTopics topics, CancellationToken cancellationToken)
    {
        bool made = false;
        ProbeTopic? found;
        while ((found = await FindAsync(topics, cancellationToken)) is null)
        {
            made |= await topics.CreateTopicAsync(lab.ProbeTopic, Limit, cancellationToken);

            // Not every broker knows of it at once.
            await Task.Delay(Pause, cancellationToken);
        }

        return (found, made);
    }
}
