using CdcLab.Clients.Kafka;
using CdcLab.Model;

namespace CdcLab.Verifier.Probes;

/// <summary>The probe's own topic: nobody else's data is touched, and it never grows.</summary>
internal static class ProbeTopic
{
    /// <summary>Its name.</summary>
    public const string Name = "cdclab.probe";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    // An hour is far longer than a message is followed. Retention deletes closed segments only, so they are closed every hour, or at a mebibyte.
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["cleanup.policy"] = "delete",
        ["retention.ms"] = "3600000",
        ["retention.bytes"] = "4194304",
        ["segment.ms"] = "3600000",
        ["segment.bytes"] = "1048576",
    };

    /// <summary>Makes the topic unless it is there.</summary>
    /// <returns>Whether it was made now, and its partitions.</returns>
    public static async Task<(bool Made, int Partitions)> EnsureAsync(LabModel model, KafkaAdmin admin, CancellationToken cancellationToken)
    {
        // As many partitions as brokers at least: then every broker leads one, and no broker's latency stays unseen.
        int partitions = Math.Max(model.Options.Kafka.Partitions, model.Kafka.Brokers.Count);
        bool made = await admin.CreateTopicAsync(Name, partitions, model.Kafka.ReplicationFactor, Settings, Limit, cancellationToken);

        // One that was there already may have been made for another number of brokers.
        return (made, made ? partitions : await admin.PartitionsAsync(Name, Limit, cancellationToken));
    }
}
