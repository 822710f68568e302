using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One broker of a <see cref="KafkaClusterResource"/>.</summary>
/// <param name="name">The resource's name; other containers reach the broker by it.</param>
/// <param name="id">The broker's id, from 1.</param>
/// <param name="cluster">The cluster that it belongs to.</param>
public sealed class KafkaBrokerResource(string name, int id, KafkaClusterResource cluster) : ContainerResource(name)
{
    /// <summary>The endpoint for clients on the host.</summary>
    public const string ExternalEndpointName = "external";

    /// <summary>The port for other brokers and containers. It is not published.</summary>
    public const int InternalPort = 29092;

    /// <summary>The broker's id, from 1.</summary>
    public int Id { get; } = id;

    /// <summary>The cluster that it belongs to.</summary>
    public KafkaClusterResource Cluster { get; } = cluster;

    /// <summary>Where clients on the host reach it. Its port is the same inside the container, on the host and in what the broker tells its clients.</summary>
    public EndpointReference ExternalEndpoint => new(this, ExternalEndpointName);

    /// <summary>Where other brokers and containers reach it, e.g. <c>kafka-1:29092</c>.</summary>
    public string InternalAddress { get; } = string.Create(CultureInfo.InvariantCulture, $"{name}:{InternalPort}");
}
