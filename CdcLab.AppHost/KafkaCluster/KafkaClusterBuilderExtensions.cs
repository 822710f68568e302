using CdcLab.AppHost.Containers;

namespace Aspire.Hosting;

/// <summary>Adds a Kafka cluster of several brokers, its ZooKeeper and Kafka UI to an application; see the README beside this file.</summary>
internal static partial class KafkaClusterBuilderExtensions
{
    private const int ZooKeeperContainerPort = 2181;
    private const int KafkaUIContainerPort = 8080;
    private static readonly TimeSpan BrokerGrace = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan OtherGrace = TimeSpan.FromSeconds(10);

    /// <summary>Adds a ZooKeeper.</summary>
    public static IResourceBuilder<IZooKeeper> AddZooKeeper(this IDistributedApplicationBuilder builder, [ResourceName] string name, ServerRuntime runtime, ZooKeeperServerSettings settings)
    {
        const string Meaning = "Data goes on, but no broker can join and no leader or in-sync set can change until it runs again.";
        IResourceBuilder<IZooKeeper> zooKeeper;
        if (runtime is ProcessRuntime processes)
        {
            KafkaProcess process = new(processes, name);
            zooKeeper = builder.AddResource(new ZooKeeperProcess(name, settings.Port))
                .RunAsProcess(processes, settings.MemoryCapBytes, OtherGrace, Meaning, process.FetchAsync, (_, stop) => process.ZooKeeperAsync(settings, stop))
                .WithEndpoint(port: settings.Port, targetPort: settings.Port, scheme: "tcp", name: IZooKeeper.EndpointName, isProxied: false);
        }
        else
        {
            // The image knows no variable for the four-letter words.
            const string Words = "4lw.commands.whitelist";
            IResourceBuilder<ZooKeeperContainer> container = builder.AddResource(new ZooKeeperContainer(name, settings.Port))
                .RunAsContainer((ContainerRuntime)runtime, settings.Image, settings.MemoryCapBytes, OtherGrace, Meaning, ("data", "/var/lib/zookeeper/data"), ("log", "/var/lib/zookeeper/log"))
                .WithEndpoint(port: settings.Port, targetPort: ZooKeeperContainerPort, scheme: "tcp", name: IZooKeeper.EndpointName, isProxied: false)
                .WithEnvironment("ZOOKEEPER_CLIENT_PORT", ZooKeeperContainerPort.ToString())
                .WithEnvironment("KAFKA_HEAP_OPTS", Heap(settings.HeapBytes))
                .WithEnvironment("KAFKA_OPTS", $"-Dzookeeper.{Words}={settings.Settings.First(s => s.Name == Words).Value}");
            foreach (ServerSetting setting in settings.Settings.Where(s => s.Name != Words))
                container.WithEnvironment(ZooKeeperVariable(setting.Name), setting.Value);
            zooKeeper = container;
        }

        return zooKeeper.WithIconName("DataTreemap").WithCheck(TcpHealthCheck.ZooKeeper(settings.Port));
    }

    /// <summary>Adds a cluster. Every broker is a resource of its own below it, and waits for ZooKeeper.</summary>
    public static IResourceBuilder<KafkaClusterResource> AddKafkaCluster(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ServerRuntime runtime, IResourceBuilder<IZooKeeper> zooKeeper, KafkaClusterSettings settings, Action<IResourceBuilder<IKafkaBroker>>? configureBroker = null)
    {
        KafkaClusterResource resource = new(name);
        IResourceBuilder<KafkaClusterResource> cluster = builder.AddResource(resource)
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "KafkaCluster", State = KnownResourceStates.NotStarted, Properties = [] })
            .WithIconName("Group")
            .OnInitializeResource(RunAsync)
            .WithCheck(TcpHealthCheck.Cluster(resource, zooKeeper.Resource));
        if (runtime is ProcessRuntime processes && settings.FirstTopic is { } topic)
            zooKeeper.OnResourceReady((_, e, stop) => new KafkaProcess(processes, zooKeeper.Resource.Name).CreateFirstTopicAsync(topic, settings, zooKeeper.Resource, e.Services, stop));
        foreach (BrokerAddresses addresses in settings.Brokers)
        {
            IResourceBuilder<IKafkaBroker> broker = AddBroker(cluster, runtime, zooKeeper, settings, addresses);
            configureBroker?.Invoke(broker);
            cluster.WaitFor(broker);
        }

        return cluster;
    }

    /// <summary>Adds Kafka UI, which waits for the cluster.</summary>
    public static IResourceBuilder<ContainerResource> AddKafkaUI(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, ContainerRuntime runtime, IResourceBuilder<KafkaClusterResource> cluster, KafkaUISettings settings)
    {
        IResourceBuilder<ContainerResource> ui = builder.AddResource(new ContainerResource(name))
            .RunAsContainer(runtime, settings.Image, settings.MemoryCapBytes, OtherGrace, "Its page does not answer; nothing else depends on it.")
            .WithIconName("DataUsage")
            .WithHttpEndpoint(port: settings.Port, targetPort: KafkaUIContainerPort, name: "http", isProxied: false)
            .WithEndpoint("http", e => e.TargetHost = runtime.BindAddress)
            .WithHttpHealthCheck("/actuator/health", endpointName: "http")
            .WithUrlForEndpoint("http", url => url.DisplayText = "Kafka UI")
            .WithEnvironment("KAFKA_CLUSTERS_0_NAME", settings.ClusterName)
            .WithEnvironment("KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS", string.Join(',', cluster.Resource.Brokers.Select(b => b.Addresses.Internal)))
            .WithEnvironment("KAFKA_CLUSTERS_0_READONLY", settings.Login is null ? "false" : "true")
            .WithEnvironment("AUTH_TYPE", settings.Login is null ? "DISABLED" : "LOGIN_FORM")
            // Half of the cap: the rest is metaspace, threads and buffers.
            .WithEnvironment("JAVA_OPTS", "-Xmx" + (settings.MemoryCapBytes / 2 / ByteSize.MiB) + "m")
            .WaitFor(cluster);
        if (settings.Login is var (user, password))
            ui.WithEnvironment("SPRING_SECURITY_USER_NAME", user).WithEnvironment("SPRING_SECURITY_USER_PASSWORD", password);
        return ui;
    }

    private static IResourceBuilder<IKafkaBroker> AddBroker(
        IResourceBuilder<KafkaClusterResource> cluster, ServerRuntime runtime, IResourceBuilder<IZooKeeper> zooKeeper, KafkaClusterSettings settings, BrokerAddresses addresses)
    {
        const string Meaning = "Leaders move to the other brokers, writes with acks=all stall for some seconds, and in-sync sets shrink until it is back.";
        IDistributedApplicationBuilder builder = cluster.ApplicationBuilder;
        int port = KafkaProcess.Port(addresses.External);
        IResourceBuilder<IKafkaBroker> broker;
        if (runtime is ProcessRuntime processes)
        {
            KafkaProcess process = new(processes, addresses.Name);
            int internalPort = KafkaProcess.Port(addresses.Internal);
            broker = builder.AddResource(new KafkaBrokerProcess(addresses))
                .RunAsProcess(processes, settings.MemoryCapBytes, BrokerGrace, Meaning, process.FetchAsync, (_, stop) => process.BrokerAsync(settings, addresses, zooKeeper.Resource, stop))
                .WithEndpoint(port: port, targetPort: port, scheme: "tcp", name: IKafkaBroker.ExternalEndpointName, isProxied: false)
                .WithEndpoint(port: internalPort, targetPort: internalPort, scheme: "tcp", name: IKafkaBroker.InternalEndpointName, isProxied: false);
        }
        else
        {
            IResourceBuilder<KafkaBrokerContainer> container = builder.AddResource(new KafkaBrokerContainer(addresses))
                .RunAsContainer((ContainerRuntime)runtime, settings.Image, settings.MemoryCapBytes, BrokerGrace, Meaning, ("data", "/var/lib/kafka/data"))
                // The image listens on the port that it advertises, so the container's port is the host's.
                .WithEndpoint(port: port, targetPort: port, scheme: "tcp", name: IKafkaBroker.ExternalEndpointName, isProxied: false)
                .WithEndpoint(IKafkaBroker.ExternalEndpointName, e => e.TargetHost = runtime.BindAddress)
                .WithEnvironment("KAFKA_HEAP_OPTS", Heap(settings.HeapBytes));
            foreach (ServerSetting setting in KafkaProcess.BrokerSettings(settings, addresses, $"{zooKeeper.Resource.Name}:{ZooKeeperContainerPort}", "0.0.0.0", "0.0.0.0"))
                container.WithEnvironment(KafkaVariable(setting.Name), setting.Value);
            broker = container;
        }

        cluster.Resource.Add(broker.Resource);
        return broker
            .WithIconName("Server")
            // Display only: IResourceWithParent would make the cluster's health the broker's, and forbid the cluster to wait for it.
            .WithParentRelationship(cluster)
            .WaitFor(zooKeeper)
            .OnBeforeResourceStarted((_, e, stop) => BrokerRegistration.WaitUntilGoneAsync(e, addresses, zooKeeper.Resource, settings.SessionTimeout, stop))
            .WithCheck(TcpHealthCheck.Broker(addresses));
    }

    // Nobody runs a resource that is neither container nor process: it says itself that it runs, once what it waits for does.
    private static async Task RunAsync(KafkaClusterResource cluster, InitializeResourceEvent e, CancellationToken stop)
    {
        try
        {
            await e.Notifications.PublishUpdateAsync(cluster, s => s with { State = KnownResourceStates.Waiting });
            await e.Eventing.PublishAsync(new ConnectionStringAvailableEvent(cluster, e.Services), stop);
            await e.Eventing.PublishAsync(new BeforeResourceStartedEvent(cluster, e.Services), stop);
            await e.Notifications.PublishUpdateAsync(cluster, s => s with { State = KnownResourceStates.Running, StartTimeStamp = DateTime.UtcNow });
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // An exception of this handler would vanish.
            NotStarted(e.Logger, $"The Kafka cluster {cluster.Name} did not start: {failed.Message}");
            await e.Notifications.PublishUpdateAsync(cluster, s => s with { State = KnownResourceStates.FailedToStart });
        }
    }

    private static IResourceBuilder<T> WithCheck<T>(this IResourceBuilder<T> resource, IHealthCheck check)
        where T : IResource
    {
        string key = $"{resource.Resource.Name}_check";
        resource.ApplicationBuilder.Services.AddHealthChecks().AddCheck(key, check);
        return resource.WithHealthCheck(key);
    }

    // The rule of Confluent's images: a dot becomes one underscore, an underscore two, a hyphen three.
    private static string KafkaVariable(string setting) =>
        "KAFKA_" + setting.Replace("_", "__", StringComparison.Ordinal).Replace("-", "___", StringComparison.Ordinal).Replace('.', '_').ToUpperInvariant();

    // autopurge.purgeInterval is ZOOKEEPER_AUTOPURGE_PURGE_INTERVAL.
    private static string ZooKeeperVariable(string setting) =>
        "ZOOKEEPER_" + string.Concat(setting.Select(c => c == '.' ? "_" : char.IsAsciiLetterUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));

    private static string Heap(long bytes)
    {
        // As people write it: -Xmx512m.
        string size = bytes % ByteSize.MiB == 0 ? $"{bytes / ByteSize.MiB}m" : $"{bytes / ByteSize.KiB}k";
        return $"-Xmx{size} -Xms{size}";
    }

    [LoggerMessage(1, LogLevel.Error, "{Reason}")]
    internal static partial void NotStarted(ILogger log, string reason);
}
