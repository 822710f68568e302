using CdcLab.AppHost.Containers;
using CdcLab.AppHost.Programs;
using CdcLab.Clients.Verifier;

namespace CdcLab.AppHost.Lab;

/// <summary>Sends the verifier what only the AppHost knows, and has its verdicts shown.</summary>
internal sealed partial class VerdictFeed(ResourceWatch watch, Faults faults, VerifierClient verifier, VerdictDisplay display, LabSession lab, TimeProvider time, ILogger<VerdictFeed> log) : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan InsideInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SeenAge = TimeSpan.FromSeconds(10);

    // For the engine, and again for the verifier. What takes longer is not known in this turn.
    private static readonly TimeSpan Limit = 2 * Interval;

    private readonly CancellationTokenSource _stop = new();
    private IReadOnlyList<ListenerAnswer>? _inside;
    private DateTimeOffset _insideAt;
    private volatile Seen? _seen;
    private string? _dataRoot;
    private IReadOnlyDictionary<string, ContainerState> _containers = new Dictionary<string, ContainerState>(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;

    public LabReport? Report { get; private set; }

    /// <summary>The memory of each server now; one of which nothing can be read is left out.</summary>
    public IReadOnlyList<(string Name, MemoryFigures Memory)> ServerMemory() =>
        [.. watch.Now.Values.Where(r => r.Server is not null).Select(r => (r.Resource.Name, Memory: Figures(r))).Where(r => r.Memory is not null).Select(r => (r.Name, r.Memory!))];

    // MySQL is asked beside the turns: one that hangs must not hold up what else is known.
    public void Start() => _running = Task.Run(() => Task.WhenAll(RepeatAsync(TurnAsync), RepeatAsync(SeeAsRootAsync)), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task RepeatAsync(Func<CancellationToken, Task> turn) => RepeatAsync(turn, Interval, failure => TurnFailed(log, failure), time, _stop.Token);

    private async Task SeeAsRootAsync(CancellationToken stop)
    {
        MySqlRootLook look = await MySqlRootLook.TakeAsync(lab.Ports.MySql, lab.Secrets.Root, OrdersSchema.Database, DatabaseUser.Debezium.Name, DatabaseUser.Simulator.Name, stop);
        if (look != MySqlRootLook.Nothing)
            _seen = new(look, time.GetUtcNow());
    }

    // A turn that fails is told, once as long as it fails in the same way, and the next one is taken all the same.
    internal static async Task RepeatAsync(Func<CancellationToken, Task> turn, TimeSpan interval, Action<string> tell, TimeProvider time, CancellationToken stop)
    {
        string? told = null;
        using PeriodicTimer timer = new(interval, time);
        do
        {
            try
            {
                await turn(stop);
                told = null;
            }
            catch (Exception failed) when (!stop.IsCancellationRequested)
            {
                if (told != failed.Message)
                    tell(told = failed.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task TurnAsync(CancellationToken stop)
    {
        LabFigures figures = await FiguresAsync(stop);
        foreach (ResourceFigures resource in figures.Resources)
            await ShowAsync(resource);
        if (!watch.Now.TryGetValue(ResourceNames.Verifier, out WatchedResource? service) || !service.IsRunning)
        {
            display.Silent("The verifier does not run.");
            return;
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        try
        {
            await verifier.SendFiguresAsync(figures, limit.Token);
            Report = await verifier.ReportAsync(limit.Token);
        }
        catch (Exception silent) when (silent is VerifierException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            display.Silent("The verifier does not answer.");
            return;
        }

        await display.ShowAsync(Report);
    }

    private async Task<LabFigures> FiguresAsync(CancellationToken stop)
    {
        _containers = await AskEngineAsync(stop);
        foreach (WatchedResource resource in watch.Now.Values)
            await NoticePauseAsync(resource);
        KafkaProgram? kafka = lab.Programs?.KnownKafka;
        // What was seen stays for a moment: a server that is restarted says nothing new.
        MySqlRootLook seen = _seen is { } last && time.GetUtcNow() - last.At <= SeenAge ? last.Look : MySqlRootLook.Nothing;
        string? notEnforced = (lab.Runtime as ProcessRuntime)?.Caps.WhyNot;
        return new()
        {
            At = time.GetUtcNow(),
            Containers = lab.Containers,
            MySql = lab.Programs?.KnownMySql is { } mysql ? $"MySQL {mysql.Version}" : lab.Containers ? lab.Options.MySql.Image : null,
            Kafka = kafka?.Description ?? (lab.Containers ? lab.Options.Kafka.Image : null),
            LegacyKafka = lab.Containers ? false : kafka?.IsLegacy,
            KafkaTools = Tools(),
            DataDisk = await DataDiskAsync(stop),
            CapsNotEnforced = notEnforced,
            NotPossibleHere =
            [
                .. lab.Containers ? Array.Empty<NotPossible>() : [new NotPossible("kafka-ui", "Kafka UI comes as a container image only.")],
                .. kafka is { IsLegacy: true } ? LegacyBrokers.NotPossibleHere(KafkaSettings.Brokers(lab.Options.Kafka)) : [],
                .. watch.Now.GetValueOrDefault(ResourceNames.Connect) is { IsNotStarted: true } ? [new NotPossible(DebeziumExtensions.WhatNeedsIt, DebeziumExtensions.WhyNotStarted(lab))] : Array.Empty<NotPossible>(),
                .. notEnforced is null ? Array.Empty<NotPossible>() : [new NotPossible("memory.caps", $"The caps are not enforced: {notEnforced}")],
            ],
            Resources =
            [
                .. watch.Now.Values.Where(r => r.Resource is not KafkaClusterResource).Select(r => new ResourceFigures
                {
                    Name = r.Resource.Name,
                    State = r.State,
                    BegunAt = r.Resource is ConnectorResource ? r.Snapshot.StartTimeStamp : null,
                    Pid = r.Pid,
                    Ended = watch.Ended(r.Resource.Name),
                    Memory = Figures(r),
                }),
            ],
            Inside = _inside,
            Triggers = seen.Triggers,
            LongStatements = seen.LongStatements,
            Strangers = seen.Strangers,
            Prepared = seen.Prepared,
            RootRefusal = seen.Refusal,
            HostBytes = HostBytes(),
        };
    }

    private async Task<DiskFigures?> DataDiskAsync(CancellationToken stop)
    {
        try
        {
            _dataRoot ??= lab.Engine is { } engine ? (await engine.DockerAsync(stop, "info", "--format", "{{.DockerRootDir}}")).Trim() : lab.Folder;
            DriveInfo disk = new(_dataRoot);
            return new(_dataRoot, disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception unseen) when (unseen is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    // As processes without the scripts of a distribution, which need not be there; in a container with a heap that fits beside the broker's.
    private KafkaTools? Tools()
    {
        BrokerAddresses[] brokers = [.. BrokerAddresses.Of(lab.Options, lab.Containers)];
        if (lab.Containers)
        {
            string bootstrap = string.Join(',', brokers.Select(b => b.Internal));
            return brokers.Select(b => watch.Now.GetValueOrDefault(b.Name)).FirstOrDefault(r => r is { IsRunning: true })?.Server?.Container is { } container
                ? new(Kafka("kafka-configs"), Kafka("kafka-topics"), $"{Kafka("kafka-reassign-partitions")} {KafkaTools.FromPipe}", Exec("zookeeper-shell", "zookeeper:2181"))
                : null;

            // Interactive: a tool may read what is piped into it.
            string Exec(string tool, string address) => $"docker exec --interactive --env KAFKA_HEAP_OPTS=-Xmx64m {container} {tool} {address}";

            string Kafka(string tool) => Exec(tool, $"--bootstrap-server {bootstrap}");
        }

        if (lab.Programs is not { KnownKafka: { } kafka, KnownJava: { } java })
            return null;
        // The legacy Kafka's tools know ZooKeeper only, and read nothing from a pipe.
        string zooKeeper = $"127.0.0.1:{LabPorts.Of(lab.Options).ZooKeeper}";
        string address = kafka.IsLegacy ? $"--zookeeper {zooKeeper}" : $"--bootstrap-server {string.Join(',', brokers.Select(b => b.External))}";
        string reassign = Admin("ReassignPartitionsCommand");
        return new(
            Admin("ConfigCommand"),
            Admin("TopicCommand"),
            kafka.IsLegacy ? $"(f=$(mktemp); cat > $f; {reassign} --reassignment-json-file $f --execute)" : $"{reassign} {KafkaTools.FromPipe}",
            Run("org.apache.zookeeper.ZooKeeperMain", $"-server {zooKeeper}"));

        string Run(string command, string options) => $"{Quote(java.Path)} -cp {Quote(Path.Combine(kafka.Home, "libs", "*"))} {command} {options}";

        string Admin(string command) => Run($"kafka.admin.{command}", address);

        static string Quote(string path) => path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+".Contains(c)) ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
    }

    private async Task<IReadOnlyDictionary<string, ContainerState>> AskEngineAsync(CancellationToken stop)
    {
        Dictionary<string, ContainerState> containers = new(StringComparer.Ordinal);
        if (lab.Engine is not { } engine)
            return containers;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Limit);
        try
        {
            IReadOnlyList<ContainerState> found = await engine.InspectAsync([.. watch.Now.Values.Where(r => r.IsRunning || r.IsPaused).Select(r => r.Server?.Container).OfType<string>()], limit.Token);
            containers = found.ToDictionary(c => c.Name, StringComparer.Ordinal);
            if (time.GetUtcNow() - _insideAt > InsideInterval && watch.Now.Values.Any(r => r.Resource is IKafkaBroker && r.IsRunning))
                (_inside, _insideAt) = (await lab.AskInsideAsync(limit.Token), time.GetUtcNow());
        }
        catch (Exception silent) when (silent is IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            // What only the engine knows is not known in this turn; the verifier says so of each figure.
        }

        return containers;
    }

    // A pause by hand (kill -STOP, docker pause) is noticed too.
    private async Task NoticePauseAsync(WatchedResource resource)
    {
        if (!resource.IsRunning && !resource.IsPaused)
            return;
        bool? paused = resource.Server?.Container is { } container ? _containers.GetValueOrDefault(container)?.IsPaused : resource.Pid is { } pid ? ProcessTable.IsStopped(pid) : null;
        if (paused is { } now && now != resource.IsPaused)
            await faults.ShowPausedAsync(resource.Resource, now);
    }

    private async Task ShowAsync(ResourceFigures figures)
    {
        if (!watch.Now.TryGetValue(figures.Name, out WatchedResource? now))
            return;
        List<ResourcePropertySnapshot> properties = [];
        if (figures.Memory is { } memory)
        {
            properties.Add(Property("memory", "Memory", $"{Size(memory.UsedBytes)} in use, {Size(memory.CacheBytes)} cached, peak {Size(memory.PeakBytes)}"));
            if (now.Server is { } server)
                properties.Add(Property("memory.cap", "Memory cap", $"{ByteSize.ToMiB(server.CapBytes)}{(memory.CapBytes is null ? ", not enforced" : "")}{(memory.OomKills is > 0 ? $", {memory.OomKills} OOM kills" : "")}"));
        }

        if (now.Server?.Data is { } data)
            properties.Add(Property("data", "Data", data));
        if (figures.Ended is { } ended)
            properties.Add(Property("ended", "Ended", ended));
        await display.MergePropertiesAsync(now.Resource, "figures", properties);
    }

    // What is not highlighted, the dashboard shows only to those who ask for all of it.
    private static ResourcePropertySnapshot Property(string name, string displayName, string value) => new(name, value) { DisplayName = displayName, IsHighlighted = true };

    private MemoryFigures? Figures(WatchedResource resource) => Memory(resource) is { } m ? new(m.UsedBytes, m.CacheBytes, m.PeakBytes, m.CapEnforced ? m.CapBytes : null, m.OomKills) { IsOutside = m.IsOutside } : null;

    private MemoryReading? Memory(WatchedResource resource)
    {
        if (resource.Server?.Container is { } container)
            return _containers.GetValueOrDefault(container)?.Memory();
        if (lab.Runtime is ProcessRuntime processes && resource.Resource is not ProjectResource)
            return processes.Memory(resource.Resource.Name, resource.IsRunning || resource.IsPaused ? resource.Pid : null);
        if (resource.Pid is not { } pid)
            return null;
        (long? anonymous, long? file, long? peak) = ProcessTable.Resident(pid);
        return new(anonymous, file, peak, null, null, CapEnforced: false);
    }

    // What the application's own processes take beside servers and services: this process, the orchestrator with its monitors, the dashboard.
    private long? HostBytes()
    {
        HashSet<int> ours = [.. ProcessTable.Descendants(Environment.ProcessId), Environment.ProcessId];
        // The orchestrator detaches itself; it names this process on its command line.
        foreach (int dcp in ProcessTable.All().Where(p => ProcessTable.CommandLine(p) is [var program, ..] words && Path.GetFileName(program) == "dcp" && words.Contains($"{Environment.ProcessId}")))
            ours.UnionWith(ProcessTable.Descendants(dcp).Prepend(dcp));
        ours.ExceptWith(watch.Now.Values.Select(r => r.Pid).OfType<int>().SelectMany(pid => ProcessTable.Descendants(pid).Prepend(pid)));
        long?[] sizes = [.. ours.Select(pid => ProcessTable.ProportionalBytes(pid) ?? (ProcessTable.StartTime(pid) is null ? 0 : null))];
        return sizes.Contains(null) ? null : sizes.Sum();
    }

    private static string Size(long? bytes) => Commands.ReportRows.Size(bytes);

    [LoggerMessage(31, LogLevel.Warning, "What the verifier is told or tells is not whole: {Reason}.")]
    private static partial void TurnFailed(ILogger log, string reason);

    private sealed record Seen(MySqlRootLook Look, DateTimeOffset At);
}
