using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;
using CdcLab.Runtime;
using LogLine = CdcLab.Model.Live.LogLine;

namespace CdcLab.AppHost.Aspire;

/// <summary><see cref="ILabControl"/> over Aspire: states come from its notifications, stop and start go through its own commands, kill and pause go to the engine or to the service's process.</summary>
/// <remarks>
/// Never a start through the engine: after Aspire's own stop it wedges the resource for the session. The engine's pause is invisible to Aspire, so ours says it.
/// </remarks>
internal sealed class AspireControl(ResourceNotificationService notifications, ResourceCommandService commands, ResourceLoggerService loggers, LabValues values, LabEngine engine, ServiceProcesses services)
    : ILabControl, IDisposable
{
    // Aspire's own stop takes ten seconds at most, and a container that is gone is noticed within a few more.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, ResourceEvent> _last = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _paused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Action<ResourceState>> _listeners = new();
    private readonly AspireLogs _logs = new(loggers);
    private readonly CancellationTokenSource _disposed = new();
    private volatile bool _stopping;
    private Task _watch = Task.CompletedTask;

    /// <summary>Begins to follow Aspire's notifications and every log.</summary>
    public void Watch()
    {
        _watch = WatchAsync(_disposed.Token);
        foreach (LabResource resource in values.Model.Resources)
            _logs.Follow(resource.Name);
    }

    /// <summary>From now on nothing is started any more.</summary>
    public void IsBeingStopped() => _stopping = true;

    public async Task<IReadOnlyList<ResourceState>> ListAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(values.Model.Resources.Select(r => NowAsync(r, cancellationToken)));

    public async Task<ResourceState> ExecuteAsync(string name, ServerCommand command, CancellationToken cancellationToken)
    {
        LabResource resource = Find(name);
        if (_stopping)
            throw new LabControlException("The lab is being stopped.");
        switch (command)
        {
            case ServerCommand.Start:
                await StartAsync(resource, cancellationToken);
                break;
            case ServerCommand.Stop:
                await StopAsync(resource, cancellationToken);
                break;
            case ServerCommand.Restart:
                ThrowIfNeedsMore(resource);
                if (Runs(name))
                    await StopAsync(resource, cancellationToken);
                await StartAsync(resource, cancellationToken);
                break;
            case ServerCommand.Kill:
                await KillAsync(resource, cancellationToken);
                break;
            case ServerCommand.Pause:
                await PauseAsync(resource, cancellationToken);
                break;
            case ServerCommand.Resume:
                await ResumeAsync(resource, cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command, "Not a command.");
        }

        return await NowAsync(resource, cancellationToken);
    }

    public IReadOnlyList<string> Log(string name, int lines) => _logs.Tail(Find(name).Name, lines);

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowLogAsync(string name, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (IReadOnlyList<LogLine> piece in _logs.ReadAsync(Find(name).Name, follow, cancellationToken))
            yield return piece;
    }

    public LaunchDetails? Launch(string name)
    {
        LabResource resource = Find(name);
        return Snapshot(name) is null ? null : AspireLaunch.Of(resource, values, Snapshot(name)!);
    }

    public IDisposable OnChange(Action<ResourceState> changed)
    {
        Guid key = Guid.NewGuid();
        _listeners[key] = changed;
        return new Listening(() => _listeners.TryRemove(key, out _));
    }

    /// <summary>Undoes a pause: what is frozen cannot heed SIGTERM.</summary>
    public async Task ResumeIfPausedAsync(string name)
    {
        if (IsPaused(name))
            await SetPausedAsync(Find(name), paused: false, CancellationToken.None);
    }

    /// <summary>Whether it was paused by us.</summary>
    public bool IsPaused(string name) => _paused.ContainsKey(name);

    public void Dispose()
    {
        _disposed.Cancel();
        _logs.Dispose();
        _disposed.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ResourceEvent change in notifications.WatchAsync(cancellationToken))
            {
                string name = change.Resource.Name;
                string? before = _last.GetValueOrDefault(name)?.Snapshot.State?.Text;
                _last[name] = change;
                if (values.Model.Resources.FirstOrDefault(r => r.Name == name) is not { } resource)
                    continue;
                if (change.Snapshot.State?.Text is { } now && now != before && AspireStates.IsEnded(now))
                    _paused.TryRemove(name, out _);
                ResourceState state = AspireStates.Of(resource, change.Snapshot, IsPaused(name), _asked.ContainsKey(name));
                foreach (Action<ResourceState> listener in _listeners.Values)
                    listener(state);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application has ended.
        }
    }

    private async Task StartAsync(LabResource resource, CancellationToken cancellationToken)
    {
        if (Runs(resource.Name))
            throw new LabControlException($"{resource.Name} already runs.");
        ThrowIfNeedsMore(resource);
        _asked.TryRemove(resource.Name, out _);
        await CommandAsync(resource.Name, KnownResourceCommands.StartCommand, cancellationToken);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(resource.StartLimit);
        try
        {
            await notifications.WaitForResourceHealthyAsync(resource.Name, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabControlException($"{resource.Name} did not answer within {resource.StartLimit.TotalSeconds:0} s; its state is {Snapshot(resource.Name)?.State?.Text}.");
        }
        catch (DistributedApplicationException failed)
        {
            throw new LabControlException(failed.Message);
        }
    }

    private async Task StopAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ThrowIfNotRunning(resource);
        _asked[resource.Name] = true;
        await ResumeIfPausedAsync(resource.Name);
        await CommandAsync(resource.Name, KnownResourceCommands.StopCommand, cancellationToken);
        await EndedAsync(resource.Name, cancellationToken);
    }

    private async Task KillAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ThrowIfNotRunning(resource);
        _asked[resource.Name] = true;
        if (resource.Kind == ResourceKind.Server)
            await engine.KillAsync(Container(resource), cancellationToken);
        else
            await ServiceProcesses.SignalAsync(Pid(resource), "KILL");
        await EndedAsync(resource.Name, cancellationToken);
    }

    private async Task PauseAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ThrowIfNotRunning(resource);
        if (IsPaused(resource.Name))
            throw new LabControlException($"{resource.Name} is paused already.");
        await SetPausedAsync(resource, paused: true, cancellationToken);
    }

    private Task ResumeAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ThrowIfNotRunning(resource);
        return IsPaused(resource.Name) ? SetPausedAsync(resource, paused: false, cancellationToken) : throw new LabControlException($"{resource.Name} is not paused.");
    }

    private async Task SetPausedAsync(LabResource resource, bool paused, CancellationToken cancellationToken)
    {
        if (resource.Kind == ResourceKind.Service)
            await ServiceProcesses.SignalAsync(Pid(resource), paused ? "STOP" : "CONT");
        else if (paused)
            await engine.PauseAsync(Container(resource), cancellationToken);
        else
            await engine.ResumeAsync(Container(resource), cancellationToken);
        if (paused)
            _paused[resource.Name] = true;
        else
            _paused.TryRemove(resource.Name, out _);

        // Aspire does not see it: published at once, and every publish asks the commands anew whether they make sense.
        ResourceStateSnapshot state = paused ? new("Paused", KnownResourceStateStyles.Warn) : new(KnownResourceStates.Running, null);
        if (_last.TryGetValue(resource.Name, out ResourceEvent? last))
            await notifications.PublishUpdateAsync(last.Resource, last.ResourceId, s => s with { State = state });
    }

    private async Task CommandAsync(string name, string command, CancellationToken cancellationToken)
    {
        IResource resource = _last.TryGetValue(name, out ResourceEvent? last) ? last.Resource : throw new LabControlException($"{name} is not there yet.");
        ExecuteCommandResult result = await commands.ExecuteCommandAsync(resource, command, cancellationToken);
        if (!result.Success)
            throw new LabControlException($"Aspire could not {command} {name}: {result.Message ?? "it gives no reason; see the console log of the resource"}");
    }

    private async Task EndedAsync(string name, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(EndLimit);
        try
        {
            await notifications.WaitForResourceAsync(name, e => e.Snapshot.State?.Text is { } state && AspireStates.IsEnded(state), limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabControlException($"{name} has not ended within {EndLimit.TotalSeconds:0} s; its state is {Snapshot(name)?.State?.Text}.");
        }
    }

    private async Task<ResourceState> NowAsync(LabResource resource, CancellationToken cancellationToken)
    {
        if (Snapshot(resource.Name) is not { } snapshot)
            return AspireStates.Unknown(resource);
        ResourceState state = AspireStates.Of(resource, snapshot, IsPaused(resource.Name), _asked.ContainsKey(resource.Name));
        if (state.State is not (RunState.Running or RunState.Paused or RunState.Starting))
            return state with { LastLines = state.State is RunState.Exited or RunState.Failed ? _logs.Tail(resource.Name, 8) : [] };
        if (resource.Kind == ResourceKind.Server)
            return state with { Memory = await engine.MemoryAsync(Container(resource), resource.MemoryCapBytes, cancellationToken) };
        int? pid = AspireStates.WrapperPid(snapshot) is { } wrapper ? services.Find(resource.Name, wrapper) : null;
        return state with { Pid = pid, Memory = pid is { } known ? CdcLab.Runtime.Standalone.Memory.ProcessMemory.Read(known) : null };
    }

    private CustomResourceSnapshot? Snapshot(string name) => _last.GetValueOrDefault(name)?.Snapshot;

    private bool Runs(string name) => Snapshot(name)?.State?.Text is { } state && (state is "Running" or "Paused" or "Starting" or "Stopping");

    private void ThrowIfNotRunning(LabResource resource)
    {
        if (!Runs(resource.Name))
            throw new LabControlException($"{resource.Name} does not run.");
    }

    // A broker without ZooKeeper would only wait for its time-out; Aspire's start skips the waits.
    private void ThrowIfNeedsMore(LabResource resource)
    {
        if (resource.Kind == ResourceKind.Server && resource.WaitsFor.FirstOrDefault(n => !Runs(n)) is { } missing)
            throw new LabControlException($"{resource.Name} needs {missing}, which does not run: start {missing} first.");
    }

    private int Pid(LabResource resource) =>
        Snapshot(resource.Name) is { } snapshot && AspireStates.WrapperPid(snapshot) is { } wrapper && services.Find(resource.Name, wrapper) is { } pid
            ? pid
            : throw new LabControlException($"{resource.Name} has no process yet.");

    private string Container(LabResource resource) => ContainerNames.Of(values.Model.Options.Name, resource.Name);

    private LabResource Find(string name) =>
        values.Model.Resources.FirstOrDefault(r => r.Name == name) ?? throw new UnknownResourceException(name, values.Model.Resources.Select(r => r.Name));

    private sealed class Listening(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
