namespace Aspire.Hosting;

/// <summary>What a ZooKeeper is made of.</summary>
internal sealed record ZooKeeperServerSettings
{
    /// <summary>The image, where it runs as a container.</summary>
    public string Image { get; init; } = "confluentinc/cp-zookeeper:7.5.3";

    /// <summary>Its client port on the host; not proxied.</summary>
    public int Port { get; init; } = 2181;

    /// <summary>Its memory cap in bytes.</summary>
    public required long MemoryCapBytes { get; init; }

    /// <summary>Its Java heap in bytes.</summary>
    public required long HeapBytes { get; init; }

    /// <summary>Its settings, beside data folder, port and address.</summary>
    public required IReadOnlyList<ServerSetting> Settings { get; init; }
}

/// <summary>What a Kafka cluster is made of.</summary>
internal sealed record KafkaClusterSettings
{
    /// <summary>The image, where the brokers run as containers. Confluent Platform 7.5 is Apache Kafka 3.5.</summary>
    public string Image { get; init; } = "confluentinc/cp-kafka:7.5.3";

    /// <summary>The brokers and the addresses that each tells its clients.</summary>
    public required IReadOnlyList<BrokerAddresses> Brokers { get; init; }

    /// <summary>The memory cap of each broker in bytes.</summary>
    public required long MemoryCapBytes { get; init; }

    /// <summary>The Java heap of each broker in bytes.</summary>
    public required long HeapBytes { get; init; }

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
    /// <summary>The image.</summary>
    public string Image { get; init; } = "provectuslabs/kafka-ui:v0.7.2";

    /// <summary>Its port on the host; not proxied.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>Its memory cap in bytes.</summary>
    public required long MemoryCapBytes { get; init; }

    /// <summary>The name of the cluster on its page.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The login, without which the page shows nothing and which cannot write; null for a page that is open and writable.</summary>
    public (string User, string Password)? Login { get; init; }
}
