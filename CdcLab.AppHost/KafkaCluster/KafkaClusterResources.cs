namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Kafka cluster of several brokers with ZooKeeper. Its connection string names all brokers, for processes on the host.</summary>
public sealed class KafkaClusterResource(string name) : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    private readonly List<IKafkaBroker> _brokers = [];

    /// <summary>The brokers, by id.</summary>
    public IReadOnlyList<IKafkaBroker> Brokers => _brokers;

    /// <summary>The brokers' addresses for processes on the host, e.g. <c>localhost:9092,localhost:9093</c>: what <c>Aspire.Confluent.Kafka</c> takes for bootstrap servers.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{string.Join(',', _brokers.Select(b => b.Addresses.External))}");

    // Aspire's convention for a reference: KAFKA_BOOTSTRAPSERVERS beside ConnectionStrings__kafka, for programs in other languages.
    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties() =>
        [new("BootstrapServers", ConnectionStringExpression)];

    internal void Add(IKafkaBroker broker) => _brokers.Add(broker);
}

/// <summary>One broker of a <see cref="KafkaClusterResource"/>. It runs as a container or as a process.</summary>
public interface IKafkaBroker : IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport
{
    /// <summary>The endpoint for clients on the host.</summary>
    const string ExternalEndpointName = "external";

    /// <summary>The endpoint for the other brokers, where they are processes; in containers it is not published.</summary>
    const string InternalEndpointName = "internal";

    /// <summary>Its id and the addresses that it tells its clients.</summary>
    BrokerAddresses Addresses { get; }
}

internal sealed class KafkaBrokerContainer(BrokerAddresses addresses) : ContainerResource(addresses.Name), IKafkaBroker
{
    public BrokerAddresses Addresses => addresses;
}

/// <summary>A broker as a process; its command is known when its program has been found.</summary>
internal sealed class KafkaBrokerProcess(BrokerAddresses addresses) : ExecutableResource(addresses.Name, "java", "."), IKafkaBroker
{
    public BrokerAddresses Addresses => addresses;
}

/// <summary>The ZooKeeper of a <see cref="KafkaClusterResource"/>. It runs as a container or as a process.</summary>
public interface IZooKeeper : IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport, IResourceWithConnectionString
{
    /// <summary>The endpoint for clients.</summary>
    const string EndpointName = "tcp";

    /// <summary>Its client port on the host.</summary>
    int Port { get; }

    /// <summary>Its address for processes on the host, e.g. <c>127.0.0.1:2181</c>.</summary>
    ReferenceExpression IResourceWithConnectionString.ConnectionStringExpression => ReferenceExpression.Create($"{Address}");

    private string Address => $"127.0.0.1:{Port}";
}

internal sealed class ZooKeeperContainer(string name, int port) : ContainerResource(name), IZooKeeper
{
    public int Port => port;
}

/// <summary>ZooKeeper as a process; its command is known when its program has been found.</summary>
internal sealed class ZooKeeperProcess(string name, int port) : ExecutableResource(name, "java", "."), IZooKeeper
{
    public int Port => port;
}
