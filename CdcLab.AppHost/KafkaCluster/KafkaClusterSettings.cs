namespace Aspire.Hosting;

/// <summary>What a ZooKeeper is made of; the image is used in containers only, the port is the host's and not proxied.</summary>
internal sealed record ZooKeeperServerSettings
{
    public string Image { get; init; } = KafkaClusterImageTags.ZooKeeper;
    public int Port { get; init; } = 2181;
    public required long MemoryCapBytes { get; init; }
    public required long HeapBytes { get; init; }

    /// <summary>Its settings, beside data folder, port and address.</summary>
    public required IReadOnlyList<ServerSetting> Settings { get; init; }
}

/// <summary>What a Kafka cluster is made of; cap and heap are each broker's, the image is used in containers only.</summary>
internal sealed record KafkaClusterSettings
{
    public string Image { get; init; } = KafkaClusterImageTags.Kafka;
    public required long MemoryCapBytes { get; init; }
    public required long HeapBytes { get; init; }

    /// <summary>The brokers and the addresses that each tells its clients.</summary>
    public required IReadOnlyList<BrokerAddresses> Brokers { get; init; }

    /// <summary>The settings that all brokers share, by Kafka's own names.</summary>
    public required IReadOnlyList<ServerSetting> Settings { get; init; }

    /// <summary>How long ZooKeeper keeps the session of a broker that is gone.</summary>
    public required TimeSpan SessionTimeout { get; init; }

    /// <summary>A topic that a legacy Kafka needs before its first client; null for none.</summary>
    public KafkaTopic? FirstTopic { get; init; }
}

/// <summary>What a Kafka UI is made of. It comes as a container image only.</summary>
internal sealed record KafkaUISettings
{
    public string Image { get; init; } = KafkaClusterImageTags.KafkaUI;
    public int Port { get; init; } = 8080;
    public required long MemoryCapBytes { get; init; }
    public required string ClusterName { get; init; }

    /// <summary>The login, without which the page shows nothing and which cannot write; null for a page that is open and writable.</summary>
    public (string User, string Password)? Login { get; init; }
}
