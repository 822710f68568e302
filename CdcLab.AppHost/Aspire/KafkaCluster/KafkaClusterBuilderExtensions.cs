using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Adds a Kafka cluster of several brokers to an application; see the README beside this file.</summary>
public static class KafkaClusterBuilderExtensions
{
    private const string InternalListener = "INTERNAL";
    private const string ExternalListener = "EXTERNAL";

    /// <summary>Adds a cluster. Every broker is a container of its own below the cluster, named <c>NAME-1</c>, <c>NAME-2</c> ...</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The cluster's name, and that of its connection string.</param>
    /// <param name="brokers">How many brokers, 1 to 9.</param>
    /// <param name="firstPort">The port of the first broker on the host; each further broker has the next one. Not proxied: it is the port that the brokers tell their clients.</param>
    /// <param name="advertisedHost">The host name that the brokers tell clients on the host.</param>
    /// <returns>The cluster. It needs <see cref="WithZooKeeper"/>.</returns>
    public static IResourceBuilder<KafkaClusterResource> AddKafkaCluster(this IDistributedApplicationBuilder builder, [ResourceName] string name, int brokers = 3, int firstPort = 9092, string advertisedHost = "localhost")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(advertisedHost);
        KafkaClusterGuards.ThrowIfNotBrokers(brokers);
        KafkaClusterGuards.ThrowIfNotPorts(firstPort, brokers);

        KafkaClusterResource resource = new(name);
        IResourceBuilder<KafkaClusterResource> cluster = builder.AddResource(resource)
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "KafkaCluster", State = KnownResourceStates.NotStarted, Properties = [] })
            .WithIconName("Group")
            .OnInitializeResource(RunAsync);
        for (int id = 1; id <= brokers; id++)
            cluster.WaitFor(AddBroker(cluster, id, firstPort + id - 1, advertisedHost));

        // Kafka's own default is one copy of everything: a cluster is there to survive a broker.
        cluster.WithReplication(Math.Min(3, brokers), Math.Max(1, Math.Min(3, brokers) - 1));
        return cluster.WithCheck($"{name}_check", new KafkaClusterHealthCheck(resource));
    }

    /// <summary>Gives the cluster its ZooKeeper, for which the brokers wait.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="configure">Changes it: image, volume, endpoint.</param>
    /// <param name="name">Its name; by default <c>NAME-zookeeper</c>.</param>
    /// <param name="port">Its port on the host.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KafkaClusterResource> WithZooKeeper(
        this IResourceBuilder<KafkaClusterResource> cluster, Action<IResourceBuilder<KafkaZooKeeperResource>>? configure = null, [ResourceName] string? name = null, int port = 2181)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        KafkaClusterGuards.ThrowIfNotPorts(port, 1);
        if (cluster.Resource.ZooKeeper is { } other)
            throw new InvalidOperationException($"The cluster '{cluster.Resource.Name}' has a ZooKeeper already: '{other.Name}'.");

        KafkaZooKeeperResource resource = new(name ?? $"{cluster.Resource.Name}-zookeeper", cluster.Resource);
        IResourceBuilder<KafkaZooKeeperResource> zooKeeper = cluster.ApplicationBuilder.AddResource(resource)
            .WithImage(KafkaClusterContainerImageTags.ZooKeeperImage, KafkaClusterContainerImageTags.Tag)
            .WithIconName("DataTreemap")
            .WithEndpoint(port: port, targetPort: KafkaZooKeeperResource.ClientPort, name: KafkaZooKeeperResource.ClientEndpointName, isProxied: false)
            .WithEnvironment("ZOOKEEPER_CLIENT_PORT", Number(KafkaZooKeeperResource.ClientPort))
            .WithCheck($"{resource.Name}_check", new ZooKeeperHealthCheck(resource));
        cluster.Resource.ZooKeeper = resource;
        configure?.Invoke(zooKeeper);
        return cluster.WithBrokers(broker => broker.WaitFor(zooKeeper));
    }

    /// <summary>Adds Kafka UI, which waits for the whole cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="configure">Changes it: image, login, endpoint.</param>
    /// <param name="name">Its name; by default <c>NAME-ui</c>.</param>
    /// <param name="port">Its port on the host.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KafkaClusterResource> WithKafkaUI(
        this IResourceBuilder<KafkaClusterResource> cluster, Action<IResourceBuilder<KafkaClusterUIResource>>? configure = null, [ResourceName] string? name = null, int port = 8080)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        KafkaClusterGuards.ThrowIfNotPorts(port, 1);
        IResourceBuilder<KafkaClusterUIResource> ui = cluster.ApplicationBuilder.AddResource(new KafkaClusterUIResource(name ?? $"{cluster.Resource.Name}-ui"))
            .WithImage(KafkaClusterContainerImageTags.UIImage, KafkaClusterContainerImageTags.UITag)
            .WithIconName("DataUsage")
            .WithHttpEndpoint(port: port, targetPort: KafkaClusterUIResource.PagePort, name: KafkaClusterUIResource.PageEndpointName, isProxied: false)
            .WithHttpHealthCheck("/actuator/health", endpointName: KafkaClusterUIResource.PageEndpointName)
            .WithUrlForEndpoint(KafkaClusterUIResource.PageEndpointName, url => url.DisplayText = "Kafka UI")
            .WithEnvironment("KAFKA_CLUSTERS_0_NAME", cluster.Resource.Name)
            .WithEnvironment("KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS", cluster.Resource.InternalBootstrapServers)
            .WaitFor(cluster);
        configure?.Invoke(ui);
        return cluster;
    }

    /// <summary>Changes every broker: its image, its memory, its container's name.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="configure">Called once for each broker.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KafkaClusterResource> WithBrokers(this IResourceBuilder<KafkaClusterResource> cluster, Action<IResourceBuilder<KafkaBrokerResource>> configure)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(configure);
        foreach (KafkaBrokerResource broker in cluster.Resource.Brokers)
            configure(cluster.ApplicationBuilder.CreateResourceBuilder(broker));
        return cluster;
    }

    /// <summary>Keeps the data of the brokers and of ZooKeeper in named volumes: without them a container that is made anew, and every start from the dashboard makes one, is empty.</summary>
    /// <param name="cluster">The cluster, with its ZooKeeper: its data and the brokers' belong together.</param>
    /// <param name="prefix">What the volumes' names begin with.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KafkaClusterResource> WithDataVolumes(this IResourceBuilder<KafkaClusterResource> cluster, string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(cluster);
        KafkaZooKeeperResource zooKeeper = cluster.Resource.ZooKeeper
            ?? throw new InvalidOperationException($"Call WithZooKeeper before WithDataVolumes: brokers refuse to start on data of another cluster than their ZooKeeper knows, so '{cluster.Resource.Name}' keeps both or neither.");
        cluster.ApplicationBuilder.CreateResourceBuilder(zooKeeper)
            .WithVolume($"{prefix}{zooKeeper.Name}-data", "/var/lib/zookeeper/data")
            .WithVolume($"{prefix}{zooKeeper.Name}-log", "/var/lib/zookeeper/log");
        return cluster.WithBrokers(broker => broker.WithVolume($"{prefix}{broker.Resource.Name}-data", "/var/lib/kafka/data"));
    }

    /// <summary>Caps the memory of each broker. Swap is capped with it: the engine would otherwise allow as much again.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="limit">The cap, e.g. <c>768m</c>.</param>
    /// <param name="heap">The Java heap below it, e.g. <c>512m</c>; null for the image's own, which is larger than most caps.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KafkaClusterResource> WithMemoryLimit(this IResourceBuilder<KafkaClusterResource> cluster, string limit, string? heap = null)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        KafkaClusterGuards.ThrowIfNotMemory(limit);
        return cluster.WithBrokers(broker =>
        {
            broker.WithContainerRuntimeArgs("--memory", limit, "--memory-swap", limit);
            if (heap is not null)
                broker.WithEnvironment("KAFKA_HEAP_OPTS", $"-Xmx{heap} -Xms{heap}");
        });
    }

    /// <summary>How many copies each partition has, and how many must have a record before a write with acks=all is answered; also of the topics of consumers' offsets and transactions.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="factor">Copies of each partition, at most one for each broker.</param>
    /// <param name="minInSync">Copies that must have a record.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KafkaClusterResource> WithReplication(this IResourceBuilder<KafkaClusterResource> cluster, int factor, int minInSync)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        KafkaClusterResource resource = cluster.Resource;
        KafkaClusterGuards.ThrowIfNotReplication(factor, minInSync, resource.Brokers.Count);
        resource.Set("default.replication.factor", factor);
        resource.Set("min.insync.replicas", minInSync);
        resource.Set("offsets.topic.replication.factor", factor);
        resource.Set("transaction.state.log.replication.factor", factor);
        resource.Set("transaction.state.log.min.isr", minInSync);
        return cluster;
    }

    /// <summary>Sets something on every broker.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="name">Kafka's own name, e.g. <c>log.retention.hours</c>.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KafkaClusterResource> WithSetting(this IResourceBuilder<KafkaClusterResource> cluster, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentException.ThrowIfNullOrEmpty(name);
        cluster.Resource.Set(name, value);
        return cluster;
    }

    private static IResourceBuilder<KafkaBrokerResource> AddBroker(IResourceBuilder<KafkaClusterResource> cluster, int id, int port, string advertisedHost)
    {
        KafkaBrokerResource resource = new($"{cluster.Resource.Name}-{id}", id, cluster.Resource);
        cluster.Resource.Add(resource);
        return cluster.ApplicationBuilder.AddResource(resource)
            .WithImage(KafkaClusterContainerImageTags.BrokerImage, KafkaClusterContainerImageTags.Tag)
            .WithIconName("Server")
            // Display only: IResourceWithParent would make the cluster's health the broker's, and forbid the cluster to wait for it.
            .WithParentRelationship(cluster)
            // The image listens on the port that it advertises, so the container's port is the host's.
            .WithEndpoint(port: port, targetPort: port, name: KafkaBrokerResource.ExternalEndpointName, isProxied: false)
            .WithEnvironment(context => SetEnvironment(context, resource, port, advertisedHost))
            .WithCheck($"{resource.Name}_check", new KafkaBrokerHealthCheck(resource))
            .WithFaultCommands();
    }

    private static void SetEnvironment(EnvironmentCallbackContext context, KafkaBrokerResource broker, int port, string advertisedHost)
    {
        KafkaZooKeeperResource zooKeeper = broker.Cluster.ZooKeeper
            ?? throw new DistributedApplicationException($"The Kafka cluster '{broker.Cluster.Name}' has no ZooKeeper: call WithZooKeeper().");
        Dictionary<string, object> variables = context.EnvironmentVariables;
        variables["KAFKA_BROKER_ID"] = Number(broker.Id);
        variables["KAFKA_ZOOKEEPER_CONNECT"] = $"{zooKeeper.Name}:{Number(KafkaZooKeeperResource.ClientPort)}";
        variables["KAFKA_LISTENERS"] = $"{InternalListener}://0.0.0.0:{Number(KafkaBrokerResource.InternalPort)},{ExternalListener}://0.0.0.0:{Number(port)}";
        variables["KAFKA_ADVERTISED_LISTENERS"] = $"{InternalListener}://{broker.InternalAddress},{ExternalListener}://{advertisedHost}:{Number(port)}";
        variables["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"] = $"{InternalListener}:PLAINTEXT,{ExternalListener}:PLAINTEXT";
        variables["KAFKA_INTER_BROKER_LISTENER_NAME"] = InternalListener;
        foreach ((string name, string value) in broker.Cluster.Settings)
            variables[Variable(name)] = value;
    }

    // The rule of Confluent's images: a dot becomes one underscore, an underscore two, a hyphen three.
    private static string Variable(string setting) =>
        "KAFKA_" + setting.Replace("_", "__", StringComparison.Ordinal).Replace("-", "___", StringComparison.Ordinal).Replace('.', '_').ToUpperInvariant();

    // Nobody runs a resource that is neither container nor process: it says itself that it runs, once what it waits for does.
    private static async Task RunAsync(KafkaClusterResource cluster, InitializeResourceEvent @event, CancellationToken cancellationToken)
    {
        try
        {
            await @event.Notifications.PublishUpdateAsync(cluster, s => s with { State = KnownResourceStates.Waiting });
            await @event.Eventing.PublishAsync(new BeforeResourceStartedEvent(cluster, @event.Services), cancellationToken);
            await @event.Notifications.PublishUpdateAsync(cluster, s => s with { State = KnownResourceStates.Running, StartTimeStamp = DateTime.UtcNow });
            await @event.Eventing.PublishAsync(new ConnectionStringAvailableEvent(cluster, @event.Services), cancellationToken);
        }
        catch (Exception failed)
        {
            // An exception of this handler would vanish.
            KafkaClusterLog.NotStarted(@event.Logger, failed, cluster.Name);
            await @event.Notifications.PublishUpdateAsync(cluster, s => s with { State = KnownResourceStates.FailedToStart });
        }
    }

    private static IResourceBuilder<T> WithCheck<T>(this IResourceBuilder<T> resource, string key, IHealthCheck check)
        where T : IResource
    {
        // By a factory: the container of services disposes of what it makes, and of nothing that it is given.
        resource.ApplicationBuilder.Services.AddKeyedSingleton<IHealthCheck>(key, (_, _) => check);
        resource.ApplicationBuilder.Services.AddHealthChecks().Add(new(key, services => services.GetRequiredKeyedService<IHealthCheck>(key), HealthStatus.Unhealthy, tags: null));
        return resource.WithHealthCheck(key);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
