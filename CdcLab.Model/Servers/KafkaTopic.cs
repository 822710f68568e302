namespace CdcLab.Model.Servers;

/// <summary>A topic that the lab makes for itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">Its partitions.</param>
/// <param name="ReplicationFactor">Copies of each.</param>
/// <param name="Settings">Its own settings.</param>
public sealed record KafkaTopic(string Name, int Partitions, int ReplicationFactor, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The name of the latency probe's topic.</summary>
    public const string ProbeName = "cdclab.probe";

    // An hour is far longer than a message is followed. Retention deletes closed segments only, so they are closed every hour, or at a mebibyte.
    private static readonly Dictionary<string, string> ProbeSettings = new(StringComparer.Ordinal)
    {
        ["cleanup.policy"] = "delete",
        ["retention.ms"] = "3600000",
        ["retention.bytes"] = "4194304",
        ["segment.ms"] = "3600000",
        ["segment.bytes"] = "1048576",
    };

    /// <summary>The latency probe's own topic: nobody else's data is touched, and it never grows.</summary>
    /// <param name="partitions">As many as brokers at least: then every broker leads one, and no broker's latency stays unseen.</param>
    /// <param name="replicationFactor">Copies of each.</param>
    public static KafkaTopic Probe(int partitions, int replicationFactor) => new(ProbeName, partitions, replicationFactor, ProbeSettings);
}
