using System.Net.Sockets;
using System.Text.Json;
using CdcLab.AppHost.Programs;
using CdcLab.Clients.ZooKeeper;

namespace Aspire.Hosting;

/// <summary>How ZooKeeper and the brokers run as processes: a Java class of the Kafka distribution with one properties file.</summary>
internal sealed class KafkaProcess(ProcessRuntime runtime, string name)
{
    private JavaProgram? _java;
    private KafkaProgram? _kafka;

    public static int Port(string address) => int.Parse(address.AsSpan(address.LastIndexOf(':') + 1));

    public static IReadOnlyList<ServerSetting> BrokerSettings(KafkaClusterSettings settings, BrokerAddresses broker, string zooKeeper, string internalBind, string externalBind)
    {
        return
        [
            new("broker.id", $"{broker.Id}", "each broker has its own"),
            new("zookeeper.connect", zooKeeper, "the cluster's coordinator"),
            new("listeners", $"{KafkaSettings.InternalListener}://{internalBind}:{Port(broker.Internal)},{KafkaSettings.ExternalListener}://{externalBind}:{Port(broker.External)}", "one listener for each side"),
            new("advertised.listeners", $"{KafkaSettings.InternalListener}://{broker.Internal},{KafkaSettings.ExternalListener}://{broker.External}", "a client must be told an address that works on its side"),
            new("listener.security.protocol.map", $"{KafkaSettings.InternalListener}:PLAINTEXT,{KafkaSettings.ExternalListener}:PLAINTEXT", "named listeners need it"),
            new("inter.broker.listener.name", KafkaSettings.InternalListener, "brokers talk on their own side"),
            .. settings.Settings,
        ];
    }

    public async Task FetchAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        Task<JavaProgram> java = runtime.Programs.JavaAsync(progress, cancellationToken);
        Task<KafkaProgram> kafka = runtime.Programs.KafkaAsync(progress, cancellationToken);
        await Task.WhenAll(java, kafka);
        (_java, _kafka) = (await java, await kafka);
        runtime.AdmitKafka(Version.Parse(_kafka.Version));
    }

    public Task<LaunchCommand> ZooKeeperAsync(ZooKeeperServerSettings settings, CancellationToken cancellationToken) => LaunchAsync(
        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
        settings.HeapBytes,
        "-XX:+UseSerialGC",
        [
            .. settings.Settings.Select(s => (s.Name, s.Value)),
            ("dataDir", runtime.DataFolder(name)),
            ("clientPort", $"{settings.Port}"),
            ("clientPortAddress", ServerRuntime.Loopback),
        ],
        cancellationToken);

    public async Task<LaunchCommand> BrokerAsync(KafkaClusterSettings settings, BrokerAddresses broker, IZooKeeper zooKeeper, CancellationToken cancellationToken)
    {
        string log = Path.Combine(runtime.DataFolder(name), "log");
        await BrokerRegistration.ThrowIfOthersDataAsync(broker, log, zooKeeper.Port, cancellationToken);
        IReadOnlyList<ServerSetting> all = BrokerSettings(settings, broker, $"{ServerRuntime.Loopback}:{zooKeeper.Port}", ServerRuntime.Loopback, runtime.BindAddress);
        return await LaunchAsync(
            "kafka.Kafka",
            settings.HeapBytes,
            "-XX:+UseG1GC",
            [.. (_kafka!.IsLegacy ? LegacyBrokers.Settings(all) : all).Select(s => (s.Name, s.Value)), ("log.dirs", log)],
            cancellationToken);
    }

    /// <summary>Makes the first topic of a legacy Kafka: until a cluster has one, its brokers answer every client that they know no broker.</summary>
    public async Task CreateFirstTopicAsync(KafkaTopic topic, KafkaClusterSettings settings, IZooKeeper zooKeeper, IServiceProvider services, CancellationToken cancellationToken)
    {
        await FetchAsync(new Progress<FetchProgress>(), cancellationToken);
        if (!_kafka!.IsLegacy)
            return;
        await using (ZooKeeperSession session = await ZooKeeperSession.OpenAsync(ServerRuntime.Loopback, zooKeeper.Port, cancellationToken))
        {
            if ((await session.ReadAsync([$"/brokers/topics/{topic.Name}"], cancellationToken))[0] is not null)
                return;
        }

        IReadOnlyList<string> arguments = LegacyBrokers.CreateTopic(topic, settings.Brokers, $"{ServerRuntime.Loopback}:{zooKeeper.Port}");
        LaunchCommand tool = new(
            _java!.Path,
            ["-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", $"-Djava.io.tmpdir={runtime.EmptyTemporaryFolder("topics")}", "-cp", ClassPath, .. arguments],
            runtime.Folder);
        await Launch.RunAsync("Kafka's TopicCommand", tool, services.GetRequiredService<ResourceLoggerService>().GetLogger(zooKeeper), cancellationToken);
    }

    private string ClassPath => Path.Combine(_kafka!.Home, "libs", "*");

    private Task<LaunchCommand> LaunchAsync(string mainClass, long heapBytes, string collector, IEnumerable<(string Name, string Value)> properties, CancellationToken cancellationToken) =>
        new JavaServer(runtime, name, _java!.Path, ClassPath).LaunchAsync(mainClass, heapBytes, collector, properties, cancellationToken);
}

internal static class BrokerRegistration
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The controller's id; null where it is not known within two seconds.</summary>
    public static async Task<int?> ControllerAsync(IZooKeeper zooKeeper)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(2));
        try
        {
            return (await ClusterReader.ReadAsync(ServerRuntime.Loopback, zooKeeper.Port, limit.Token)).Controller;
        }
        catch (Exception silent) when (silent is SocketException or IOException or InvalidDataException or ZooKeeperException or OperationCanceledException)
        {
            return null;
        }
    }

    // A broker that was killed stays registered until its session ends, and a new one that finds it there exits with NodeExists.
    public static async Task WaitUntilGoneAsync(BeforeResourceStartedEvent starting, BrokerAddresses broker, IZooKeeper zooKeeper, TimeSpan sessionTimeout, CancellationToken cancellationToken)
    {
        ResourceNotificationService notifications = starting.Services.GetRequiredService<ResourceNotificationService>();
        // Aspire's own wait is a later subscriber of this event.
        await notifications.WaitForDependenciesAsync(starting.Resource, cancellationToken);
        // ZooKeeper ends a session up to one tick late, and starts counting anew when it has itself been started again.
        TimeSpan limit = (2 * sessionTimeout) + TimeSpan.FromSeconds(10);
        string node = $"/brokers/ids/{broker.Id}";
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        bool waiting = false;
        try
        {
            await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(ServerRuntime.Loopback, zooKeeper.Port, deadline.Token);
            while ((await session.ReadAsync([node], deadline.Token))[0] is not null)
            {
                if (!waiting)
                    await notifications.PublishUpdateAsync(starting.Resource, s => s with { State = new("Waiting for ZooKeeper to forget its last run", KnownResourceStateStyles.Info) });
                waiting = true;
                await Task.Delay(Interval, deadline.Token);
            }
        }
        catch (OperationCanceledException late) when (waiting && deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Refused($"{broker.Name} is still registered in ZooKeeper ({node}) after {limit.TotalSeconds:0} s although it does not run. Does another broker with id {broker.Id} use this ZooKeeper?", late);
        }
        catch (Exception silent) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused($"{broker.Name} cannot be started without ZooKeeper, which does not answer ({(silent is OperationCanceledException ? "is it paused?" : silent.Message.TrimEnd('.'))}). Start or resume ZooKeeper first.", silent);
        }

        DistributedApplicationException Refused(string reason, Exception inner)
        {
            KafkaClusterBuilderExtensions.NotStarted(starting.Services.GetRequiredService<ResourceLoggerService>().GetLogger(starting.Resource), reason);
            return new(reason, inner);
        }
    }

    /// <summary>Refuses a broker's data that belongs to another cluster than ZooKeeper's: the broker itself would exit with InconsistentClusterIdException.</summary>
    public static async Task ThrowIfOthersDataAsync(BrokerAddresses broker, string logFolder, int zooKeeperPort, CancellationToken cancellationToken)
    {
        string file = Path.Combine(logFolder, "meta.properties");
        if (!File.Exists(file))
            return;
        string[] lines = await File.ReadAllLinesAsync(file, cancellationToken);
        if (Value("broker.id") is { } id && id != $"{broker.Id}")
            throw new DistributedApplicationException($"The data of {broker.Name} is of the broker {id} ({file}). Put its own back; where only that file was changed: {Set("broker.id", $"{broker.Id}")}.");
        if (Value("cluster.id") is not { } ours)
            return;
        await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(ServerRuntime.Loopback, zooKeeperPort, cancellationToken);
        if ((await session.ReadAsync(["/cluster/id"], cancellationToken))[0] is not { } node)
            return;
        using JsonDocument cluster = JsonDocument.Parse(node);
        string theirs = cluster.RootElement.GetProperty("id").GetString() ?? "";
        if (ours != theirs)
            throw new DistributedApplicationException($"The data of {broker.Name} belongs to cluster {ours} ({file}), but ZooKeeper's is {theirs}. Put ZooKeeper's data back, or delete both (reset); where only that file was changed: {Set("cluster.id", theirs)}.");

        string Set(string name, string value) => $"`sed -i 's/^{name}=.*/{name}={value}/' '{file}'`";

        string? Value(string name) => lines.FirstOrDefault(l => l.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..].Trim();
    }
}
