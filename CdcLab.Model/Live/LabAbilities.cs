namespace CdcLab.Model.Live;

/// <summary>What this lab is and what it can show; decided once, at start.</summary>
/// <param name="Runtime">How the servers run: <c>embedded</c> or <c>container</c>.</param>
/// <param name="MySqlDescription">Name and version of the MySQL that runs, e.g. <c>MySQL 9.7.4</c>.</param>
/// <param name="KafkaDescription">Name and version of the Kafka that runs, e.g. <c>Kafka 3.5.2</c>.</param>
/// <param name="CapsEnforced">Whether the kernel enforces the memory caps.</param>
/// <param name="NotPossibleHere">What cannot be shown.</param>
public sealed record LabAbilities(string Runtime, string MySqlDescription, string KafkaDescription, bool CapsEnforced, IReadOnlyList<NotPossible> NotPossibleHere)
{
    /// <summary>What a client needs of a Kafka that tells it what it can do.</summary>
    public static IReadOnlyDictionary<string, string> NoSettings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The id of the cluster's admin API: making topics, asking for the settings that run.</summary>
    public const string KafkaAdminApi = "kafka.admin_api";

    /// <summary>The id of Debezium's connectors.</summary>
    public const string Debezium = "debezium";

    /// <summary>librdkafka's settings without which no client can talk to this cluster; none for a Kafka that tells clients what it can do.</summary>
    public IReadOnlyDictionary<string, string> KafkaClientSettings { get; init; } = NoSettings;

    /// <summary>The reason why something cannot be shown here; null where it can.</summary>
    /// <param name="id">The check or feature.</param>
    /// <returns>The reason or null.</returns>
    public string? WhyNot(string id) => NotPossibleHere.FirstOrDefault(n => n.Id == id)?.Reason;
}
