using CdcLab.AppHost.Programs;
using CdcLab.Clients.ZooKeeper;

namespace Aspire.Hosting;

/// <summary>How ZooKeeper and the brokers run as processes: a Java class of the Kafka distribution with one properties file.</summary>
internal sealed class KafkaProcess(ProcessRuntime runtime, string name)
{
    private JavaProgram? _java;
    private KafkaProgram? _kafka;

    public static IReadOnlyList<ServerSetting> BrokerSettings(KafkaClusterSettings settings, BrokerAddresses broker, string zooKeeper, string internalBind, string externalBind)
    {
        string internalPort = broker.Internal[(broker.Internal.LastIndexOf(':') + 1)..];
        string externalPort = broker.External[(broker.External.LastIndexOf(':') + 1)..];
        return
        [
            new("broker.id", $"{broker.Id}", "each broker has its own"),
            new("zookeeper.connect", zooKeeper, "the cluster's coordinator"),
            new("listeners", $"{KafkaSettings.InternalListener}://{internalBind}:{internalPort},{KafkaSettings.ExternalListener}://{externalBind}:{externalPort}", "one listener for each side"),
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
            .. settings.Settings.Select(s => KeyValuePair.Create(s.Name, s.Value)),
            new("dataDir", runtime.DataFolder(name)),
            new("clientPort", $"{settings.Port}"),
            new("clientPortAddress", ServerRuntime.Loopback),
        ],
        cancellationToken);

    public async Task<LaunchCommand> BrokerAsync(KafkaClusterSettings settings, BrokerAddresses broker, IZooKeeper zooKeeper, CancellationToken cancellationToken)
    {
        string log = Path.Combine(runtime.DataFolder(name), "log");
        await BrokerRegistration.ThrowIfOtherClusterAsync(name, log, zooKeeper.Port, cancellationToken);
        IReadOnlyList<ServerSetting> all = BrokerSettings(settings, broker, $"{ServerRuntime.Loopback}:{zooKeeper.Port}", ServerRuntime.Loopback, runtime.BindAddress);
        return await LaunchAsync(
            "kafka.Kafka",
            settings.HeapBytes,
            "-XX:+UseG1GC",
            [.. (_kafka!.IsLegacy ? LegacyBrokers.Settings(all) : all).Select(s => KeyValuePair.Create(s.Name, s.Value)), new("log.dirs", log)],
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

    private async Task<LaunchCommand> LaunchAsync(string mainClass, long heapBytes, string collector, IEnumerable<KeyValuePair<string, string>> properties, CancellationToken cancellationToken)
    {
        string file = Path.Combine(runtime.ConfigFolder, name + ".properties");
        string log4j = Path.Combine(runtime.ConfigFolder, name + ".log4j.properties");
        // Java reads properties files as Latin-1.
        await File.WriteAllTextAsync(file, string.Concat(properties.Select(p => $"{p.Key}={Escape(p.Value)}\n")), Encoding.Latin1, cancellationToken);
        await using (Stream packed = typeof(KafkaProcess).Assembly.GetManifestResourceStream("log4j.properties")!, unpacked = File.Create(log4j))
            await packed.CopyToAsync(unpacked, cancellationToken);
        string heap = $"{heapBytes / ByteSize.KiB}k";
        return new(
            _java!.Path,
            [
                $"-Xmx{heap}", $"-Xms{heap}", collector, "-XX:+ExitOnOutOfMemoryError",
                // Nothing of ours is left in the machine's folder for temporary files.
                "-XX:-UsePerfData", $"-Djava.io.tmpdir={runtime.EmptyTemporaryFolder(name)}", "-Djava.awt.headless=true", $"-Dlog4j.configuration={new Uri(log4j).AbsoluteUri}",
                // In any other encoding Java cannot open a file whose path has letters beyond ASCII.
                "-Dsun.jnu.encoding=UTF-8", "-cp", ClassPath, mainClass, file,
            ],
            Directory.CreateDirectory(runtime.DataFolder(name)).FullName);
    }

    private static string Escape(string value) => string.Concat(value.Select((c, i) => c switch
    {
        '\\' => @"\\",
        < ' ' or > '~' => $"\\u{(int)c:x4}",
        ' ' when i == 0 => @"\ ",
        _ => $"{c}",
    }));
}
