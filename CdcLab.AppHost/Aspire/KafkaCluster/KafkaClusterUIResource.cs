namespace Aspire.Hosting.ApplicationModel;

/// <summary>Kafka UI on a <see cref="KafkaClusterResource"/>: brokers, topics and messages in a browser.</summary>
/// <param name="name">The resource's name.</param>
public sealed class KafkaClusterUIResource(string name) : ContainerResource(name)
{
    /// <summary>The endpoint of the page.</summary>
    public const string PageEndpointName = "http";

    /// <summary>The port inside the container.</summary>
    public const int PagePort = 8080;
}
