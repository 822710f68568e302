using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using CdcLab.AppHost.Output;
using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime;
using CdcLab.Runtime.Engine;
using LogLine = CdcLab.Model.Live.LogLine;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary><see cref="ILabControl"/> over Aspire: states come from its notifications, stop and start go through its own commands, kill and pause go to the engine or to the service's process.</summary>
/// <remarks>
/// Never a start through the engine: after Aspire's own stop it wedges the resource for the session. The engine's pause is invisible to Aspire, so ours says it.
/// </remarks>
internal sealed class AspireControl(ResourceNotificationService notifications, ResourceCommandService commands, ResourceLoggerService loggers, LabValues values, LabContainers containers, ServiceProcesses services)
    : ILabControl, IDisposable
{
    // Aspire's own stop takes ten seconds at most, and a container that is gone is noticed within a few more.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, ResourceEvent> _last = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AskedEnd> _ends = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTime?> _answered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Action<ResourceState>> _listeners = new();
    private readonly AspireLogs _logs = new(loggers);
    private readonly ServerVersions _versions = new(containers);
    private readonly CancellationTokenSource _disposed = new();
    private volatile bool _stopping;

    /// <summary>Begins to follow Aspire's notifications and every log.</summary>
    public void Watch() => _ = WatchAsync(_disposed.Token);

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
        return Snapshot(name) is { } snapshot ? AspireLaunch.Of(resource, values, snapshot) : null;
    }

    public IDisposable OnChange(Action<ResourceState> changed)
    {
        Guid key = Guid.NewGuid();
        _listeners[key] = changed;
        return new Listening(() => _listeners.TryRemove(key, out _));
    }

    public Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken) => containers.AskInsideAsync(cancellationToken);

    /// <summary>Undoes a pause: what is frozen cannot heed SIGTERM.</summary>
    public async Task ResumeIfPausedAsync(string name)
    {
        if (IsPaused(name))
            await SetPausedAsync(Find(name), paused: false, CancellationToken.None);
    }

    /// <summary>Changes what Aspire shows of a resource.</summary>
    /// <param name="name">The resource's name.</param>
    /// <param name="change">The change.</param>
    /// <returns>Whether the resource is known to Aspire yet.</returns>
    public async Task<bool> PublishAsync(string name, Func<CustomResourceSnapshot, CustomResourceSnapshot> change)
    {
        if (!_last.TryGetValue(name, out ResourceEvent? last))
            return false;
        await notifications.PublishUpdateAsync(last.Resource, last.ResourceId, change);
        return true;
    }

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
                string? before = Snapshot(name)?.State?.Text;
                _last[name] = change;
                if (values.Find(name) is not { } resource)
                    continue;

                _logs.Follow(name, change.ResourceId);

                // Also what is stopped and started from the dashboard.
                string? now = change.Snapshot.State?.Text;
                if (now == KnownResourceStates.Stopping)
                    _ends.TryAdd(name, AskedEnd.Stop);
                else if (now is "Starting" or "Running" && before is not null && AspireStates.IsEnded(before))
                    _ends.TryRemove(name, out _);
                if (AspireStates.Answers(change.Snapshot) == true)
                    _answered[name] = change.Snapshot.StartTimeStamp;
                ResourceState state = State(resource, change.Snapshot);
                foreach (Action<ResourceState> listener in _listeners.Values)
                    listener(state);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application has ended.
        }
        catch (Exception unexpected)
        {
            Terminal.Error($"States are not followed any more, please report it: {unexpected}");
        }
    }

    private async Task StartAsync(LabResource resource, CancellationToken cancellationToken)
    {
        if (_stopping)
            throw new LabControlException("The lab is being stopped.");
        if (Runs(resource.Name))
            throw new LabControlException($"{resource.Name} already runs.");
        ThrowIfNeedsMore(resource);
        await CommandAsync(resource.Name, KnownResourceCommands.StartCommand, cancellationToken);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(resource.StartLimit);
        bool ran = false;
        ResourceState? now = null;
        try
        {
            await notifications.WaitForResourceAsync(
                resource.Name,
                change =>
                {
                    // What is known of its last run comes first.
                    now = State(resource, change.Snapshot);
                    ran |= now.State is RunState.Starting or RunState.Running;
                    return now.Answers == true || now.State == RunState.Failed || (ran && now.State is RunState.Exited or RunState.Stopped);
                },
                limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabControlException($"{resource.Name} did not answer within {resource.StartLimit.TotalSeconds:0} s; its state is {Snapshot(resource.Name)?.State?.Text}.");
        }

        if (now is { Answers: not true })
            throw new LabControlException($"{resource.Name} could not be started: {(now.ExitCode is { } code ? EndWords.Of(code) : "see its log")}. Its last lines: {string.Join(" | ", _logs.Tail(resource.Name, 3))}");
    }

    private async Task StopAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ThrowIfNotRunning(resource);
        await ResumeIfPausedAsync(resource.Name);
        await EndAsync(resource.Name, AskedEnd.Stop, () => CommandAsync(resource.Name, KnownResourceCommands.StopCommand, cancellationToken), cancellationToken);
    }

    private async Task KillAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ThrowIfNotRunning(resource);
        await EndAsync(
            resource.Name,
            AskedEnd.Kill,
            () => resource.Kind == ResourceKind.Server ? containers.KillAsync(resource.Name, cancellationToken) : ServiceProcesses.SignalAsync(Pid(resource), "KILL"),
            cancellationToken);
    }

    // Noted before it is asked for: its end may be told before the asking returns. What was refused ends by itself, if it ends.
    private async Task EndAsync(string name, AskedEnd how, Func<Task> ask, CancellationToken cancellationToken)
    {
        _ends[name] = how;
        try
        {
            await ask();
        }
        catch (Exception)
        {
            _ends.TryRemove(name, out _);
            throw;
        }

        await EndedAsync(name, cancellationToken);
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
            await containers.PauseAsync(resource.Name, cancellationToken);
        else
            await containers.ResumeAsync(resource.Name, cancellationToken);

        await ShowPausedAsync(resource.Name, paused);
    }

    // Aspire does not see it: published at once, and every publish asks the commands anew whether they make sense.
    private async Task ShowPausedAsync(string name, bool paused)
    {
        ResourceStateSnapshot state = paused ? new(AspireStates.Paused, KnownResourceStateStyles.Warn) : new(KnownResourceStates.Running, null);
        await PublishAsync(name, s => s.State?.Text is "Running" or AspireStates.Paused ? s with { State = state } : s);
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

    // To the lab, what has not answered since it was launched is still starting.
    private ResourceState State(LabResource resource, CustomResourceSnapshot snapshot)
    {
        ResourceState state = AspireStates.Of(resource, snapshot, _ends.GetValueOrDefault(resource.Name)) with { Version = _versions.Known(resource.Name) };
        bool isStarting = state.State == RunState.Running && state.Answers != true && !(_answered.TryGetValue(resource.Name, out DateTime? since) && since == snapshot.StartTimeStamp);
        return isStarting ? state with { State = RunState.Starting, Answers = null } : state;
    }

    private async Task<ResourceState> NowAsync(LabResource resource, CancellationToken cancellationToken)
    {
        MemoryFigures? idle = resource.MemoryCapBytes is { } cap ? new(null, null, cap, null, null, values.Abilities.CapsEnforced) : null;
        ResourceEvent? last = _last.GetValueOrDefault(resource.Name);
        if (last?.Snapshot is not { } snapshot)
            return AspireStates.Unknown(resource) with { Memory = idle };
        ResourceState state = State(resource, snapshot) with { Memory = idle };
        if (state.State is RunState.Exited or RunState.Failed)
        {
            bool oomKilled = resource.Kind == ResourceKind.Server && await containers.WasKilledForItsCapAsync(resource.Name, cancellationToken);
            return state with { LastLines = _logs.Tail(resource.Name, 8), OomKilled = oomKilled };
        }

        if (state.State is not (RunState.Running or RunState.Paused or RunState.Starting))
            return state;
        if (resource.Kind == ResourceKind.Server)
        {
            if (state.Answers == true)
                state = state with { Version = await _versions.AskAsync(resource, state.ContainerId, cancellationToken) };
            (bool? isPaused, MemoryFigures? memory) = await containers.LookAsync(resource, cancellationToken);
            return (await AsSeenAsync(resource, state, last, isPaused)) with { Memory = memory ?? idle };
        }

        int? pid = AspireStates.WrapperPid(snapshot) is { } wrapper ? services.Find(resource.Name, wrapper) : null;
        state = await AsSeenAsync(resource, state, last, pid is { } there ? ServiceProcesses.IsStopped(there) : null);
        return state with { Pid = pid, Memory = pid is { } known ? CdcLab.Runtime.Standalone.Memory.ProcessMemory.Read(known) : null };
    }

    // Also what was paused or resumed behind our back. What has changed since the look is newer than it.
    private async Task<ResourceState> AsSeenAsync(LabResource resource, ResourceState state, ResourceEvent before, bool? isPaused)
    {
        string? text = before.Snapshot.State?.Text;
        if (isPaused is not { } frozen || text is not ("Running" or AspireStates.Paused) || frozen == (text == AspireStates.Paused) || !ReferenceEquals(_last.GetValueOrDefault(resource.Name), before))
            return state;
        await ShowPausedAsync(resource.Name, frozen);
        return state with { State = frozen ? RunState.Paused : RunState.Running, Answers = null };
    }

    private CustomResourceSnapshot? Snapshot(string name) => _last.GetValueOrDefault(name)?.Snapshot;

    private bool IsPaused(string name) => Snapshot(name)?.State?.Text == AspireStates.Paused;

    private bool Runs(string name) => Snapshot(name)?.State?.Text is { } state && (state is "Running" or AspireStates.Paused or "Starting" or "Stopping");

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

    private LabResource Find(string name) => values.Find(name) ?? throw new UnknownResourceException(name, values.Model.Resources.Select(r => r.Name));

    private sealed class Listening(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
