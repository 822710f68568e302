namespace CdcLab.Verifier.Probes;

/// <summary>The probe's own topic: nobody else's data is touched, and it never grows.</summary>
internal sealed record ProbeTopic(string Id, int Partitions)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task<ProbeTopic?> FindAsync(IKafkaTopics topics, CancellationToken cancellationToken) =>
        await topics.TopicAsync(KafkaTopic.ProbeName, Limit, cancellationToken) is var (id, partitions) ? new(id, partitions) : null;

    /// <summary>The topic that has the name now; one is made where there is none.</summary>
    public static async Task<(ProbeTopic Topic, bool Made)> EnsureAsync(VerifiedLab lab, IKafkaTopics topics, CancellationToken cancellationToken)
    {
        bool made = false;
        ProbeTopic? found;
        while ((found = await FindAsync(topics, cancellationToken)) is null)
        {
            KafkaTopic wanted = lab.ProbeTopic;
            made |= await topics.CreateTopicAsync(wanted.Name, wanted.Partitions, wanted.ReplicationFactor, wanted.Settings, Limit, cancellationToken);

            // Not every broker knows of it at once.
            await Task.Delay(Pause, cancellationToken);
        }

        return (found, made);
    }
}
