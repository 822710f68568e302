using System.Net;
using System.Net.Sockets;
using CdcLab.AppHost.Containers;
using CdcLab.AppHost.Programs;

namespace CdcLab.AppHost.Lab;

/// <summary>One run of a lab: its options, its ports, its data directory, and how its servers run. Made before the first resource, after everything that can be refused was refused.</summary>
internal sealed class LabSession : IDisposable
{
    private readonly HeldDataDirectory _held;

    private LabSession(LabOptions options, HeldDataDirectory held, ContainerEngine? engine, string because, string[] aspireArguments)
    {
        Options = options;
        Ports = LabPorts.Of(options);
        SimulatorPort = Ports.Simulator == 0 ? FreePort() : Ports.Simulator;
        _held = held;
        Engine = engine;
        Because = because;
        AspireArguments = aspireArguments;
        if (engine is not null)
        {
            Names = new(engine, options.Name);
            Runtime = new ContainerRuntime(options.BindAddress, engine, Names);
        }
        else
        {
            Programs = new(new(options.Kafka.Source, options.Kafka.ArchiveUrl, options.Npm.Registry, held.KafkaSeries));
            Runtime = new ProcessRuntime(options.BindAddress, Programs, MemoryCaps.Create(held.Id), held.Path) { AdmitMySql = held.AdmitMySql, AdmitKafka = held.AdmitKafka };
        }
    }

    public LabOptions Options { get; }
    public LabPorts Ports { get; }
    public int SimulatorPort { get; }
    public ServerRuntime Runtime { get; }

    // Null where servers are processes.
    public ContainerEngine? Engine { get; }
    public LabContainers? Names { get; }
    public bool Containers => Engine is not null;

    // Null where servers are containers.
    public ProgramStore? Programs { get; }

    public string Because { get; }
    public string[] AspireArguments { get; }
    public string Folder => _held.Path;
    public string LogFolder => Directory.CreateDirectory(Path.Combine(Folder, "logs")).FullName;
    public string SecretsFile => _held.SecretsFile;
    public LabSecrets Secrets => _held.Secrets;

    /// <summary>The verifier's address for this process.</summary>
    public Uri VerifierAddress => new($"http://{(Options.BindAddress == "0.0.0.0" ? ServerRuntime.Loopback : Options.BindAddress)}:{Ports.Verifier}");

    public Uri DashboardLink => new($"http://localhost:{Ports.Dashboard}/login?t={Secrets.DashboardToken}");

    /// <summary>The servers and services that have verdicts.</summary>
    public IReadOnlyList<string> Judged =>
        [ResourceNames.MySql, ResourceNames.ZooKeeper, ResourceNames.Kafka, .. Enumerable.Range(1, Options.Kafka.Brokers).Select(ResourceNames.Broker), .. Containers ? [ResourceNames.KafkaUi] : Array.Empty<string>(), ResourceNames.Connect, ResourceNames.OrdersCdc, ResourceNames.OrderSimulator];

    /// <summary>Opens a lab: asks for an engine, judges options against the machine, takes the data directory. Or says what refuses it, one line each.</summary>
    public static async Task<(LabSession? Lab, IReadOnlyList<string> Refusals)> OpenAsync(LabOptions options, string[] aspireArguments, CancellationToken cancellationToken)
    {
        LabDataDirectory directory = LabDataDirectory.Of(options);
        LabRuntime wanted = options.Runtime == LabRuntime.Auto ? directory.Runtime ?? LabRuntime.Auto : options.Runtime;
        EngineAnswer? answer = wanted == LabRuntime.Process ? null : await new ContainerEngine().AskAsync(cancellationToken);
        if (wanted == LabRuntime.Container && answer is { Answers: false })
            return (null, [$"Lab:Runtime = container: {answer.Because}. Start a container engine on this machine, or use process or auto."]);
        bool containers = answer is { Answers: true };
        string because = containers ? answer!.Because
            : options.Runtime == LabRuntime.Process ? "Lab:Runtime = process"
            : answer is null ? $"the data in {directory.Path} was made by processes; `reset` deletes it"
            : answer.Because;
        List<string> refusals = [.. Preflight.Check(options, containers, directory).Select(f => f.ToString())];
        if (!Directory.Exists(Path.GetTempPath()))
            refusals.Add($"TMPDIR, {Path.GetTempPath()}, is no folder: set it to a folder of your own, or unset it.");
        if (!containers)
            refusals.AddRange(new ProgramStore(new(options.Kafka.Source, options.Kafka.ArchiveUrl, options.Npm.Registry)).CheckHomes());
        ContainerEngine? engine = containers ? new() : null;
        if (refusals.Count == 0 && engine is not null && await new LabContainers(engine, options.Name).RefusalAsync([.. ServerNames(options)], cancellationToken) is { } refusal)
            refusals.Add(refusal);
        if (refusals.Count > 0)
            return (null, refusals);
        return directory.TryHold(containers ? LabRuntime.Container : LabRuntime.Process, out HeldDataDirectory? held, out string? fault)
            ? (new LabSession(options, held, engine, because, aspireArguments), [])
            : (null, [fault!]);
    }

    public IEnumerable<string> Addresses()
    {
        yield return $"MySQL      127.0.0.1:{Ports.MySql}, database {OrdersSchema.Database}, user {DatabaseUser.Debezium.Name}; password in {SecretsFile}, key {LabSecrets.Key(nameof(LabSecrets.Debezium))}";
        yield return $"Kafka      {string.Join(',', Enumerable.Range(1, Options.Kafka.Brokers).Select(id => $"{Options.Kafka.AdvertisedHost}:{Ports.External(id)}"))}";
        if (Containers)
            yield return $"Kafka UI   http://localhost:{Ports.KafkaUi}{(Options.KafkaUi.Open ? "" : $", user cdclab; password in {SecretsFile}, key {LabSecrets.Key(nameof(LabSecrets.KafkaUi))}")}";
        if (Options.Dashboard.Enabled)
            yield return $"Dashboard  {DashboardLink}";
    }

    /// <summary>Asks the brokers inside the containers' network what they tell their clients.</summary>
    public Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken) =>
        Names!.AskInsideAsync([.. Enumerable.Range(1, Options.Kafka.Brokers).Select(ResourceNames.Broker)], cancellationToken);

    public static Task RemoveVolumesAsync(LabOptions options, CancellationToken cancellationToken) => new LabContainers(new ContainerEngine(), options.Name).RemoveVolumesAsync(cancellationToken);

    /// <summary>Where `verify` finds this lab, once the verifier is about to listen.</summary>
    public void Announce() => _held.Announce(VerifierAddress);

    /// <summary>Cleans up where the orchestrator, which otherwise ends the containers, is lost.</summary>
    public async Task CleanUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Names is not null)
                await Names.RemoveOwnAsync(cancellationToken);
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        (Runtime as ProcessRuntime)?.Caps.Dispose();
        _held.Dispose();
    }

    private static IEnumerable<string> ServerNames(LabOptions options) =>
        [ResourceNames.MySql, ResourceNames.ZooKeeper, .. Enumerable.Range(1, options.Kafka.Brokers).Select(ResourceNames.Broker), ResourceNames.KafkaUi];

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
