namespace CdcLab.Verifier;

/// <summary>The lab that is verified: what it was configured to be.</summary>
internal sealed record VerifiedLab(LabOptions Options, bool Containers, string Bootstrap)
{
    /// <summary>What everything but MySQL, the EXTERNAL listeners and the pages binds to.</summary>
    public const string Loopback = "127.0.0.1";

    /// <summary>By which this machine reaches what binds to <c>Lab:BindAddress</c>: all addresses include loopback.</summary>
    public string ReachAddress => Options.BindAddress == "0.0.0.0" ? Loopback : Options.BindAddress;

    /// <summary>The folder of the market's ledger.</summary>
    public string Ledger { get; } = Clients.Market.LedgerFolder.In(Options.DataDirectory ?? "");

    public LabPorts Ports { get; } = LabPorts.Of(Options);

    public IReadOnlyList<BrokerAddresses> Brokers { get; } = BrokerAddresses.Of(Options, Containers);

    public IReadOnlyList<ServerSetting> BrokerSettings { get; } = KafkaSettings.Brokers(Options.Kafka);

    public TimeSpan ProbeWindow { get; } = Probes.ProbeTrack.WindowOf(Options.Verifier.ProbeInterval, Options.Verifier.MaxLatency);

    public KafkaTopic ProbeTopic { get; } = KafkaTopic.Probe(Math.Max(Options.Kafka.Partitions, Options.Kafka.Brokers), Options.Kafka.ReplicationFactor);

    public IReadOnlyList<(string Name, long CapBytes)> Caps { get; } =
    [
        (ResourceNames.MySql, Options.MySql.MemoryCap),
        (ResourceNames.ZooKeeper, Options.ZooKeeper.MemoryCap),
        .. Enumerable.Range(1, Options.Kafka.Brokers).Select(id => (ResourceNames.Broker(id), Options.Kafka.MemoryCap)),
        .. Containers ? [(ResourceNames.KafkaUi, Options.KafkaUi.MemoryCap)] : Array.Empty<(string, long)>(),
        (ResourceNames.Connect, Options.Debezium.MemoryCap),
    ];
}
