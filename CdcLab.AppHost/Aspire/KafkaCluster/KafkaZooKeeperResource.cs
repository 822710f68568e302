namespace Aspire.Hosting.ApplicationModel;

/// <summary>The ZooKeeper of a <see cref="KafkaClusterResource"/>.</summary>
/// <param name="name">The resource's name; the brokers reach it by it.</param>
/// <param name="cluster">The cluster that it coordinates.</param>
public sealed class KafkaZooKeeperResource(string name, KafkaClusterResource cluster) : ContainerResource(name)
{
    /// <summary>The endpoint for clients.</summary>
    public const string ClientEndpointName = "client";

    /// <summary>The port inside the container.</summary>
    public const int ClientPort = 2181;

    /// <summary>The cluster that it coordinates.</summary>
    public KafkaClusterResource Cluster { get; } = cluster;

    /// <summary>Where clients on the host reach it.</summary>
    public EndpointReference ClientEndpoint => new(this, ClientEndpointName);
}
