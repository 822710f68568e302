using CdcLab.Clients.Kafka;
using CdcLab.Model;

namespace CdcLab.Verifier.Probes;

/// <summary>The probe's own topic: nobody else's data is touched, and it never grows.</summary>
/// <param name="Id">What tells it from one of the same name that was deleted before it was made.</param>
/// <param name="Partitions">Its partitions: one that was there already may have been made for another number of brokers.</param>
internal sealed record ProbeTopic(string Id, int Partitions)
{
    /// <summary>Its name.</summary>
    public const string Name = "cdclab.probe";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // An hour is far longer than a message is followed. Retention deletes closed segments only, so they are closed every hour, or at a mebibyte.
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["cleanup.policy"] = "delete",
        ["retention.ms"] = "3600000",
        ["retention.bytes"] = "4194304",
        ["segment.ms"] = "3600000",
        ["segment.bytes"] = "1048576",
    };

    /// <summary>The topic that has the name now.</summary>
    /// <returns>The topic; null where there is none.</returns>
    /// <exception cref="Confluent.Kafka.KafkaException">No broker answers.</exception>
    public static async Task<ProbeTopic?> FindAsync(KafkaAdmin admin, CancellationToken cancellationToken) =>
        await admin.TopicAsync(Name, Limit, cancellationToken) is var (id, partitions) ? new(id, partitions) : null;

    /// <summary>The topic that has the name now; one is made where there is none.</summary>
    /// <returns>The topic, and whether it was made now.</returns>
    /// <exception cref="Confluent.Kafka.KafkaException">No broker answers, or it cannot be made.</exception>
    public static async Task<(ProbeTopic Topic, bool Made)> EnsureAsync(LabModel model, KafkaAdmin admin, CancellationToken cancellationToken)
    {
        bool made = false;
        ProbeTopic? found;
        while ((found = await FindAsync(admin, cancellationToken)) is null)
        {
            // As many partitions as brokers at least: then every broker leads one, and no broker's latency stays unseen.
            int partitions = Math.Max(model.Options.Kafka.Partitions, model.Kafka.Brokers.Count);
            made |= await admin.CreateTopicAsync(Name, partitions, model.Kafka.ReplicationFactor, Settings, Limit, cancellationToken);

            // Not every broker knows of it at once.
            await Task.Delay(Pause, cancellationToken);
        }

        return (found, made);
    }
}
