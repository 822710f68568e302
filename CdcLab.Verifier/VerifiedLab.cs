namespace CdcLab.Verifier;

/// <summary>The lab that is verified: what it was configured to be.</summary>
/// <param name="Options">Its options.</param>
/// <param name="Containers">Whether its servers are containers.</param>
/// <param name="Bootstrap">The bootstrap servers of the cluster's EXTERNAL side.</param>
public sealed record VerifiedLab(LabOptions Options, bool Containers, string Bootstrap)
{
    /// <summary>Its ports.</summary>
    public LabPorts Ports { get; } = LabPorts.Of(Options);

    /// <summary>Its brokers and the addresses that each must tell.</summary>
    public IReadOnlyList<BrokerAddresses> Brokers { get; } = BrokerAddresses.Of(Options, Containers);

    /// <summary>The settings that every broker must have.</summary>
    public IReadOnlyList<ServerSetting> BrokerSettings { get; } = KafkaSettings.Brokers(Options.Kafka);

    /// <summary>The latency probe's topic.</summary>
    public KafkaTopic ProbeTopic { get; } = KafkaTopic.Probe(Math.Max(Options.Kafka.Partitions, Options.Kafka.Brokers), Options.Kafka.ReplicationFactor);

    /// <summary>The servers that have a memory cap, with its bytes.</summary>
    public IReadOnlyList<(string Name, long CapBytes)> Caps { get; } =
    [
        (ResourceNames.MySql, Options.MySql.MemoryCap),
        (ResourceNames.ZooKeeper, Options.ZooKeeper.MemoryCap),
        .. Enumerable.Range(1, Options.Kafka.Brokers).Select(id => (ResourceNames.Broker(id), Options.Kafka.MemoryCap)),
        .. Containers ? [(ResourceNames.KafkaUi, Options.KafkaUi.MemoryCap)] : Array.Empty<(string, long)>(),
    ];
}
