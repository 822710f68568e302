using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Control;
using CdcLab.Runtime.Live;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Memory;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Standalone;

/// <summary>A lab that this process runs: started in the order of need, watched, and stopped in reverse.</summary>
public sealed class Lab : ILabControl, IAsyncDisposable
{
    private readonly LabPlan _plan;
    private readonly ILabEvents _events;
    private readonly DataDirectoryLock _lock;
    private readonly HttpClient _http = new();
    private readonly ChangeListeners _changes = new();
    private readonly List<LabServer> _servers = [];
    private RunFile? _runFile;
    private ServerRuntime? _runtime;
    private ControlEndpoint? _control;
    private LabDashboard? _dashboard;
    private readonly CancellationTokenSource _stopping = new();

    internal Lab(LabPlan plan, DataDirectoryLock held, ILabEvents events) => (_plan, _lock, _events) = (plan, held, events);

    /// <summary>What this lab is and can show; null until the programs were found.</summary>
    public LabAbilities? Abilities { get; private set; }

    /// <summary>What it runs.</summary>
    public LabPlan Plan => _plan;

    /// <summary>The bearer token of its control endpoint; null until it listens.</summary>
    public string? Token { get; private set; }

    /// <summary>How its dashboard is; null where it has none.</summary>
    public DashboardStatus? Dashboard => _dashboard?.Status;

    /// <summary>Brings the lab up: every server and service has answered when it returns.</summary>
    /// <param name="cancellationToken">Gives the start up; what was started is ended by <see cref="StopAsync"/>.</param>
    /// <returns>A task.</returns>
    /// <exception cref="UnavailableException">Something is missing on this machine; the message says what and what to do.</exception>
    /// <exception cref="LabControlException">A server did not start; the message has its last lines.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Stamp stamp = Stamp.Read(_plan.Directory) ?? Stamp.Of(_plan.Runtime);
        stamp.Write(_plan.Directory);
        LabSecrets secrets = LabSecrets.ReadOrMake(_plan.Directory, _plan.Model.MySql.DataFolder!);
        _runFile = new(_plan.Directory);
        if (_plan.ShowsDashboard)
            BeginDashboard(secrets);
        _runtime = ServerRuntime.Of(_plan, secrets, _runFile, _events);
        stamp = await _runtime.PrepareAsync(stamp, cancellationToken);
        stamp.Write(_plan.Directory);

        Abilities = _runtime.Abilities;
        _events.Say(_runtime.Description);
        MakeServers(secrets);

        _control = await ControlEndpoint.StartAsync(this, _plan.Ports.Control, secrets.Token, cancellationToken);
        Token = secrets.Token;
        _runFile.Listens(_plan.Options, _plan.Ports, Abilities, secrets.Token);
        await StartServersAsync(cancellationToken);
        if (_runtime.ClusterId() is { } clusterId && clusterId != stamp.ClusterId)
            (stamp with { ClusterId = clusterId }).Write(_plan.Directory);
    }

    /// <summary>Stops everything, in reverse: what waits for something goes before it, so brokers are gone before ZooKeeper.</summary>
    /// <param name="hurry">Kills what has not ended yet.</param>
    /// <returns>A task that is done when nothing runs any more.</returns>
    public async Task StopAsync(CancellationToken hurry)
    {
        // Also gives up a start that somebody asked for and that may never succeed: the stop would wait for it.
        await _stopping.CancelAsync();
        Dictionary<string, Task> gone = new(StringComparer.Ordinal);
        foreach (LabServer server in Enumerable.Reverse(_servers))
        {
            Task[] before = [.. _servers.Where(s => s.Resource.WaitsFor.Contains(server.Resource.Name, StringComparer.Ordinal)).Select(s => gone[s.Resource.Name])];
            gone[server.Resource.Name] = StopAfterAsync(server, before, hurry);
        }

        await Task.WhenAll(gone.Values);
        // The last to go: its page shows how the others went.
        if (_dashboard is not null)
            await _dashboard.StopAsync();
        if (_control is not null)
            await _control.StopAsync();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ResourceState>> ListAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(_servers.Select(s => s.NowAsync(cancellationToken)));

    /// <inheritdoc/>
    public IReadOnlyList<string> Log(string name, int lines) => Find(name).Log(lines);

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> FollowLogAsync(string name, bool follow, CancellationToken cancellationToken) => Find(name).FollowLogAsync(follow, cancellationToken);

    /// <inheritdoc/>
    public LaunchDetails? Launch(string name) => Find(name).Launch;

    /// <inheritdoc/>
    public IDisposable OnChange(Action<ResourceState> changed) => _changes.Add(changed);

    /// <inheritdoc/>
    public async Task<ResourceState> ExecuteAsync(string name, ServerCommand command, CancellationToken cancellationToken)
    {
        LabServer server = Find(name);
        if (_stopping.IsCancellationRequested)
            throw BeingStopped();
        switch (command)
        {
            case ServerCommand.Start:
                ThrowIfNeedsMore(server);
                await StartUntilStoppedAsync(server).WaitAsync(cancellationToken);
                break;
            case ServerCommand.Stop:
                if (!server.IsRunning)
                    throw new LabControlException($"{name} does not run.");
                await server.StopAsync(CancellationToken.None);
                break;
            case ServerCommand.Restart:
                ThrowIfNeedsMore(server);
                await server.StopAsync(CancellationToken.None);
                await StartUntilStoppedAsync(server).WaitAsync(cancellationToken);
                break;
            case ServerCommand.Kill:
                await server.KillAsync(cancellationToken);
                break;
            case ServerCommand.Pause:
                await server.PauseAsync(cancellationToken);
                break;
            case ServerCommand.Resume:
                await server.ResumeAsync(cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command, "Not a command.");
        }

        return await server.NowAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken) =>
        _runtime?.AskInsideAsync(cancellationToken) ?? throw new LabControlException("The lab is not prepared yet.");

    /// <summary>Lets go of the data directory. Everything was stopped before.</summary>
    /// <returns>A task.</returns>
    public async ValueTask DisposeAsync()
    {
        foreach (LabServer server in _servers)
            await server.DisposeAsync();
        if (_dashboard is not null)
            await _dashboard.DisposeAsync();
        if (_control is not null)
            await _control.DisposeAsync();
        _stopping.Dispose();
        if (_runtime is not null)
            await _runtime.RemoveAsync();
        _runFile?.Dispose();
        _http.Dispose();
        _lock.Dispose();
    }

    private void BeginDashboard(LabSecrets secrets)
    {
        ServedLab served = new() { Model = _plan.Model, Control = this, Abilities = () => Abilities, Token = secrets.Token, Say = _events.Say };
        DashboardSource source = new(_plan.Options.Dashboard, _plan.Options.Npm.Registry, PartsCache.OfUser(Environment.GetEnvironmentVariable));
        _dashboard = new(_plan, secrets, _runFile!, _events);
        _dashboard.Begin(source, served);
    }

    private void MakeServers(LabSecrets secrets)
    {
        LabModel model = _plan.Model;
        ServiceHandover handover = new() { Options = _plan.Options, Ports = _plan.Ports, Abilities = Abilities!, Token = secrets.Token, DataDirectory = _plan.Directory.Path };
        TelemetryTarget? telemetry = _plan.ShowsDashboard ? new(new Uri($"http://127.0.0.1:{_plan.Ports.DashboardOtlp}"), secrets.DashboardOtlpKey) : null;
        IEnumerable<EmbeddedServer> services =
        [
            new ServiceProcess(model.OrderSimulator, _plan.Programs.OrderSimulator, handover with { SimulatorPassword = secrets.Simulator }, telemetry, _plan.Directory, _http),
            new ServiceProcess(model.Verifier, _plan.Programs.Verifier, handover with { DebeziumPassword = secrets.Debezium }, telemetry, _plan.Directory, _http),
        ];

        SecretMask mask = new([secrets.Root, secrets.Debezium, secrets.Simulator, secrets.KafkaUi, secrets.Token, secrets.DashboardToken, secrets.DashboardOtlpKey, secrets.DashboardServiceKey]);

        // A service has no cap, whatever the servers run as.
        NoCaps none = new("services have no cap");
        IEnumerable<RunnableServer> all = _runtime!.Servers().Concat(services.Select(s => new ProcessServer(s, none, _runFile!, _plan.Directory)));
        _servers.AddRange(all.Select(s => new LabServer(s, _plan.Directory, mask, Changed)));
    }

    private void Changed(ResourceState state)
    {
        _events.Changed(state);
        _changes.Tell(state);
    }

    private async Task StartServersAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource starting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Dictionary<string, Task> started = new(StringComparer.Ordinal);
        foreach (LabServer server in _servers)
        {
            Task[] before = [.. server.Resource.WaitsFor.Select(name => started[name])];
            started[server.Resource.Name] = StartAfterAsync(server, before, starting.Token);
        }

        await FirstFailure.OfAllAsync([.. started.Values], starting);
    }

    private async Task StartAfterAsync(LabServer server, Task[] before, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(before);
        }
        catch (Exception)
        {
            // What it waits for has failed, and says so itself; this one can never start.
            server.GiveUp("what it waits for did not start");
            throw;
        }

        foreach (string line in await server.StartAsync(cancellationToken))
            _events.Say($"{server.Resource.Name}: {line}");
    }

    private static async Task StopAfterAsync(LabServer server, Task[] before, CancellationToken hurry)
    {
        // What could not be stopped properly says so itself, and must not keep the others running.
        await Task.WhenAll(before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await server.StopAsync(hurry);
    }

    // Not ended by whoever asked for it: a process that was launched runs, and its state must not say that it does not.
    private async Task StartUntilStoppedAsync(LabServer server)
    {
        try
        {
            foreach (string line in await server.StartAsync(_stopping.Token))
                _events.Say($"{server.Resource.Name}: {line}");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw BeingStopped();
        }
    }

    private static LabControlException BeingStopped() => new("The lab is being stopped.");

    private LabServer Find(string name) =>
        _servers.FirstOrDefault(s => s.Resource.Name == name) ?? throw new UnknownResourceException(name, _servers.Select(s => s.Resource.Name));

    // A broker without ZooKeeper would only wait for its time-out.
    private void ThrowIfNeedsMore(LabServer server)
    {
        if (server.Resource.Kind == ResourceKind.Server && server.Resource.WaitsFor.FirstOrDefault(n => !Find(n).IsRunning) is { } missing)
            throw new LabControlException($"{server.Resource.Name} needs {missing}, which does not run: start {missing} first.");
    }
}
