namespace Aspire.Hosting.ApplicationModel;

/// <summary>A worker of Kafka Connect in distributed mode. It runs as a container or as a process.</summary>
public interface IKafkaConnect : IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport, IResourceWithConnectionString
{
    /// <summary>The endpoint of its REST API.</summary>
    const string EndpointName = "http";

    /// <summary>The REST API's port on the host.</summary>
    int Port { get; }

    /// <summary>The REST API for processes on the host: on loopback, since whoever reaches it may change everything.</summary>
    Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Its address for processes on the host, e.g. <c>http://127.0.0.1:8083</c>.</summary>
    ReferenceExpression IResourceWithConnectionString.ConnectionStringExpression => ReferenceExpression.Create($"{Address.ToString()}");
}

internal sealed class KafkaConnectContainer(string name, int port) : ContainerResource(name), IKafkaConnect
{
    public int Port => port;
}

/// <summary>A Connect worker as a process; its command is known when its program has been found.</summary>
internal sealed class KafkaConnectProcess(string name, int port) : ExecutableResource(name, "java", "."), IKafkaConnect
{
    public int Port => port;
}

/// <summary>A connector on a Connect worker: registered when the worker has come up, followed as long as it answers.</summary>
public sealed class ConnectorResource(string name, IKafkaConnect worker) : Resource(name), IResourceWithWaitSupport
{
    /// <summary>The worker that runs it.</summary>
    public IKafkaConnect Worker => worker;
}
