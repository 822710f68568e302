namespace Aspire.Hosting;

/// <summary>What a Connect worker is made of; the image is used in containers only, the port is the host's and not proxied.</summary>
internal sealed record KafkaConnectSettings
{
    public string Image { get; init; } = KafkaConnectImageTags.Debezium;
    public int Port { get; init; } = 8083;
    public required long MemoryCapBytes { get; init; }
    public required long HeapBytes { get; init; }

    /// <summary>Whether it starts with the application; else by the command Start.</summary>
    public bool Starts { get; init; }

    /// <summary>The worker's settings by Kafka's own names, beside the address that it listens on and the folder of its plugins.</summary>
    public required IReadOnlyList<ServerSetting> Settings { get; init; }

    /// <summary>Variables that its connectors' configurations may name.</summary>
    public IReadOnlyList<(string Name, IResourceBuilder<ParameterResource> Value)> Secrets { get; init; } = [];
}
