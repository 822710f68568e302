using CdcLab.AppHost.Containers;
using CdcLab.AppHost.Programs;
using CdcLab.Clients.Verifier;

namespace CdcLab.AppHost.Lab;

/// <summary>Sends the verifier what only the AppHost knows, and shows its verdicts: on the resources, as notifications, on the terminal.</summary>
internal sealed class VerdictFeed(ResourceWatch watch, Faults faults, VerifierClient verifier, VerdictDisplay display, LabSession lab, TimeProvider time) : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan InsideInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private IReadOnlyList<ListenerAnswer>? _inside;
    private DateTimeOffset _insideAt;
    private Task _running = Task.CompletedTask;

    /// <summary>The verifier's last report; null before the first.</summary>
    public LabReport? Report { get; private set; }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
            await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(Interval, time);
        do
        {
            LabFigures figures = await FiguresAsync(stop);
            await ShowFiguresAsync(figures);
            if (!watch.Now.TryGetValue(ResourceNames.Verifier, out WatchedResource? service) || !service.IsRunning)
            {
                await display.SilentAsync("The verifier does not run.");
                continue;
            }

            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(Limit);
            try
            {
                await verifier.SendFiguresAsync(figures, limit.Token);
                Report = await verifier.ReportAsync(limit.Token);
                await display.ShowAsync(Report);
            }
            catch (Exception silent) when (silent is VerifierException or OperationCanceledException && !stop.IsCancellationRequested)
            {
                await display.SilentAsync("The verifier does not answer.");
            }
        }
        while (await timer.WaitForNextTickAsync(stop));
    }

    private async Task<LabFigures> FiguresAsync(CancellationToken stop)
    {
        Dictionary<string, ContainerState> containers = new(StringComparer.Ordinal);
        if (lab.Engine is { } engine)
        {
            containers = (await engine.InspectAsync([.. watch.Now.Values.Where(r => r.IsRunning || r.IsPaused).Select(r => Annotation(r)?.Container).OfType<string>()], stop))
                .ToDictionary(c => c.Name, StringComparer.Ordinal);
            if (time.GetUtcNow() - _insideAt > InsideInterval && watch.Now.Values.Any(r => r.Resource is IKafkaBroker && r.IsRunning))
                (_inside, _insideAt) = (await lab.AskInsideAsync(stop), time.GetUtcNow());
        }

        List<ResourceFigures> resources = [];
        foreach (WatchedResource resource in watch.Now.Values.Where(r => r.Resource is not KafkaClusterResource))
        {
            await NoticePauseAsync(resource, containers);
            MemoryReading? memory = Annotation(resource) switch
            {
                { Container: { } container } => containers.GetValueOrDefault(container)?.Memory(),
                _ when lab.Runtime is ProcessRuntime processes && resource.Resource is not ProjectResource => processes.Memory(resource.Resource.Name, resource.IsRunning || resource.IsPaused ? resource.Pid : null),
                _ => resource.Pid is { } pid ? ServiceMemory(pid) : null,
            };
            resources.Add(new()
            {
                Name = resource.Resource.Name,
                State = resource.State,
                Pid = resource.Pid,
                Ended = watch.Ended(resource.Resource.Name),
                Memory = memory is null ? null : new(memory.UsedBytes, memory.CacheBytes, memory.PeakBytes, memory.CapEnforced ? memory.CapBytes : null, memory.OomKills),
            });
        }

        KafkaProgram? kafka = lab.Programs?.KnownKafka;
        return new()
        {
            At = time.GetUtcNow(),
            Containers = lab.Containers,
            MySql = lab.Programs?.KnownMySql is { } mysql ? $"MySQL {mysql.Version}" : lab.Containers ? lab.Options.MySql.Image : null,
            Kafka = kafka?.Description ?? (lab.Containers ? lab.Options.Kafka.Image : null),
            LegacyKafka = lab.Containers ? false : kafka?.IsLegacy,
            CapsNotEnforced = (lab.Runtime as ProcessRuntime)?.Caps.WhyNot,
            NotPossibleHere = NotPossibleHere(kafka),
            Resources = resources,
            Inside = _inside,
            HostBytes = HostMemory.Read(watch.Now.Values.Select(r => r.Pid).OfType<int>()),
        };
    }

    private IReadOnlyList<NotPossible> NotPossibleHere(KafkaProgram? kafka) =>
    [
        .. lab.Containers ? Array.Empty<NotPossible>() : [new NotPossible("kafka-ui", "Kafka UI comes as a container image only.")],
        .. kafka is { IsLegacy: true } ? LegacyBrokers.NotPossibleHere(KafkaSettings.Brokers(lab.Options.Kafka)) : [],
        .. (lab.Runtime as ProcessRuntime)?.Caps.WhyNot is { } why ? [new NotPossible("memory.caps", $"The caps are not enforced: {why}")] : Array.Empty<NotPossible>(),
    ];

    // A pause by hand (kill -STOP, docker pause) is noticed too.
    private async Task NoticePauseAsync(WatchedResource resource, Dictionary<string, ContainerState> containers)
    {
        if (!resource.IsRunning && !resource.IsPaused)
            return;
        bool? paused = Annotation(resource)?.Container is { } container ? containers.GetValueOrDefault(container)?.IsPaused : resource.Pid is { } pid ? ProcessTable.IsStopped(pid) : null;
        if (paused is { } now && now != resource.IsPaused)
            await faults.ShowPausedAsync(resource.Resource, now);
    }

    private async Task ShowFiguresAsync(LabFigures figures)
    {
        foreach (ResourceFigures resource in figures.Resources)
        {
            if (!watch.Now.TryGetValue(resource.Name, out WatchedResource? now))
                continue;
            List<ResourcePropertySnapshot> properties = [];
            if (resource.Memory is { } memory)
            {
                properties.Add(Property("memory", "Memory", $"{Size(memory.UsedBytes)} in use, {Size(memory.CacheBytes)} cached, peak {Size(memory.PeakBytes)}"));
                if (Annotation(now) is { } server)
                    properties.Add(Property("memory.cap", "Memory cap", $"{ByteSize.ToMiB(server.CapBytes)}{(memory.CapBytes is null ? ", not enforced" : "")}{(memory.OomKills is > 0 ? $", {memory.OomKills} OOM kills" : "")}"));
            }

            if (Annotation(now)?.Data is { } data)
                properties.Add(Property("data", "Data", data));
            if (resource.Ended is { } ended)
                properties.Add(Property("ended", "Ended", ended));
            await display.MergePropertiesAsync(now.Resource, "figures", properties);
        }

    }

    // What is not highlighted, the dashboard shows only to those who ask for all of it.
    private static ResourcePropertySnapshot Property(string name, string displayName, string value) => new(name, value) { DisplayName = displayName, IsHighlighted = true };

    private static ServerAnnotation? Annotation(WatchedResource resource) => resource.Resource.Annotations.OfType<ServerAnnotation>().FirstOrDefault();

    private static MemoryReading ServiceMemory(int pid)
    {
        (long? anonymous, long? file, long? peak) = ProcessTable.Resident(pid);
        return new(anonymous, file, peak, null, null, CapEnforced: false);
    }

    private static string Size(long? bytes) => bytes is { } known ? ByteSize.ToMiB(known) : "not known";
}
