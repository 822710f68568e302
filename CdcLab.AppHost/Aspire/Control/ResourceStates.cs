using System.Collections.Concurrent;
using CdcLab.AppHost.Output;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Memory;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary>What is so with the lab's servers and services: Aspire's notifications, followed, and what it does not know (pauses, memory, versions, how an end was asked for).</summary>
internal sealed class ResourceStates(ResourceNotificationService notifications, AspireLogs logs, LabValues values, LabContainers containers, ServiceProcesses services) : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceEvent> _last = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AskedEnd> _ends = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTime?> _answered = new(StringComparer.Ordinal);
    private readonly ServerVersions _versions = new(containers);
    private readonly CancellationTokenSource _disposed = new();

    /// <summary>Who is told of changes.</summary>
    public ChangeListeners Changes { get; } = new();

    /// <summary>Begins to follow Aspire's notifications, and every log.</summary>
    public void Watch() => _ = WatchAsync(_disposed.Token);

    /// <summary>Aspire's own resource of a name; null before it has said anything of it.</summary>
    public IResource? Resource(string name) => _last.GetValueOrDefault(name)?.Resource;

    /// <summary>Notes how its end is asked for, before it is: the end may be told before the asking returns.</summary>
    public void EndIsAsked(string name, AskedEnd how)
    {
        if (how == AskedEnd.No)
            _ends.TryRemove(name, out _);
        else
            _ends[name] = how;
    }

    public async Task<IReadOnlyList<ResourceState>> ListAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(values.Model.Resources.Select(r => NowAsync(r, cancellationToken)));

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

    /// <summary>Tells of a pause or its end. Aspire does not see it: published at once, and every publish asks the commands anew whether they make sense.</summary>
    public async Task ShowPausedAsync(string name, bool paused)
    {
        ResourceStateSnapshot state = paused ? new(AspireStates.Paused, KnownResourceStateStyles.Warn) : new(KnownResourceStates.Running, null);
        await PublishAsync(name, s => s.State?.Text is "Running" or AspireStates.Paused ? s with { State = state } : s);
    }

    /// <summary>What Aspire says, in the lab's words. To the lab, what has not answered since it was launched is still starting.</summary>
    public ResourceState Of(LabResource resource, CustomResourceSnapshot snapshot)
    {
        ResourceState state = AspireStates.Of(resource, snapshot, _ends.GetValueOrDefault(resource.Name)) with { Version = _versions.Known(resource.Name) };
        bool isStarting = state.State == RunState.Running && state.Answers != true && !(_answered.TryGetValue(resource.Name, out DateTime? since) && since == snapshot.StartTimeStamp);
        return isStarting ? state with { State = RunState.Starting, Answers = null } : state;
    }

    /// <summary>One server or service as it is now, with its memory.</summary>
    public async Task<ResourceState> NowAsync(LabResource resource, CancellationToken cancellationToken)
    {
        MemoryFigures? idle = resource.MemoryCapBytes is { } cap ? new(null, null, cap, null, null, values.Abilities.CapsEnforced) : null;
        ResourceEvent? last = _last.GetValueOrDefault(resource.Name);
        if (last?.Snapshot is not { } snapshot)
            return AspireStates.Unknown(resource) with { Memory = idle };
        ResourceState state = Of(resource, snapshot) with { Memory = idle };
        if (state.State is RunState.Exited or RunState.Failed)
        {
            bool oomKilled = resource.Kind == ResourceKind.Server && await containers.WasKilledForItsCapAsync(resource.Name, cancellationToken);
            return state with { LastLines = logs.Tail(resource.Name, 8), OomKilled = oomKilled };
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
        state = await AsSeenAsync(resource, state, last, pid is { } there ? ProcessTable.IsStopped(there) : null);
        return state with { Pid = pid, Memory = pid is { } known ? ProcessMemory.Read(known) : null };
    }

    /// <summary>What Aspire said of it last; null before it has said anything.</summary>
    public CustomResourceSnapshot? Snapshot(string name) => _last.GetValueOrDefault(name)?.Snapshot;

    /// <summary>Whether it is paused, by us or behind our back.</summary>
    public bool IsPaused(string name) => Snapshot(name)?.State?.Text == AspireStates.Paused;

    /// <summary>Whether it has a container or process.</summary>
    public bool Runs(string name) => Snapshot(name)?.State?.Text is { } state && (state is "Running" or AspireStates.Paused or "Starting" or "Stopping");

    public void Dispose()
    {
        _disposed.Cancel();
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

                logs.Follow(name, change.ResourceId);

                // Also what is stopped and started from the dashboard.
                string? now = change.Snapshot.State?.Text;
                if (now == KnownResourceStates.Stopping)
                    _ends.TryAdd(name, AskedEnd.Stop);
                else if (now is "Starting" or "Running" && before is not null && AspireStates.IsEnded(before))
                    _ends.TryRemove(name, out _);
                if (AspireStates.Answers(change.Snapshot) == true)
                    _answered[name] = change.Snapshot.StartTimeStamp;
                Changes.Tell(Of(resource, change.Snapshot));
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

    // Also what was paused or resumed behind our back. What has changed since the look is newer than it.
    private async Task<ResourceState> AsSeenAsync(LabResource resource, ResourceState state, ResourceEvent before, bool? isPaused)
    {
        string? text = before.Snapshot.State?.Text;
        if (isPaused is not { } frozen || text is not ("Running" or AspireStates.Paused) || frozen == (text == AspireStates.Paused) || !ReferenceEquals(_last.GetValueOrDefault(resource.Name), before))
            return state;
        await ShowPausedAsync(resource.Name, frozen);
        return state with { State = frozen ? RunState.Paused : RunState.Running, Answers = null };
    }
}
