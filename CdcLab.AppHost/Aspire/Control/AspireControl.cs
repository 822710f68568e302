using System.Runtime.CompilerServices;
using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Processes;
using LogLine = CdcLab.Model.Live.LogLine;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary><see cref="ILabControl"/> over Aspire: what is so is told by <see cref="ResourceStates"/>; stop and start go through its own commands, kill and pause go to the engine or to the service's process.</summary>
/// <remarks>
/// Never a start through the engine: after Aspire's own stop it wedges the resource for the session.
/// </remarks>
internal sealed class AspireControl(ResourceNotificationService notifications, ResourceCommandService commands, AspireLogs logs, ResourceStates states, LabValues values, LabContainers containers, ServiceProcesses services) : ILabControl
{
    // Aspire's own stop takes ten seconds at most, and a container that is gone is noticed within a few more.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private volatile bool _stopping;

    /// <summary>From now on nothing is started any more.</summary>
    public void IsBeingStopped() => _stopping = true;

    public Task<IReadOnlyList<ResourceState>> ListAsync(CancellationToken cancellationToken) => states.ListAsync(cancellationToken);

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
                if (states.Runs(name))
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

        return await states.NowAsync(resource, cancellationToken);
    }

    public IReadOnlyList<string> Log(string name, int lines) => logs.Tail(Find(name).Name, lines);

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowLogAsync(string name, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (IReadOnlyList<LogLine> piece in logs.ReadAsync(Find(name).Name, follow, cancellationToken))
            yield return piece;
    }

    public LaunchDetails? Launch(string name)
    {
        LabResource resource = Find(name);
        return states.Snapshot(name) is { } snapshot ? AspireLaunch.Of(resource, values, snapshot) : null;
    }

    public IDisposable OnChange(Action<ResourceState> changed) => states.Changes.Add(changed);

    public Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken) => containers.AskInsideAsync(cancellationToken);

    /// <summary>Undoes a pause: what is frozen cannot heed SIGTERM.</summary>
    public async Task ResumeIfPausedAsync(string name)
    {
        if (states.IsPaused(name))
            await SetPausedAsync(Find(name), paused: false, CancellationToken.None);
    }

    private async Task StartAsync(LabResource resource, CancellationToken cancellationToken)
    {
        if (_stopping)
            throw new LabControlException("The lab is being stopped.");
        if (states.Runs(resource.Name))
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
                    now = states.Of(resource, change.Snapshot);
                    ran |= now.State is RunState.Starting or RunState.Running;
                    return now.Answers == true || now.State == RunState.Failed || (ran && now.State is RunState.Exited or RunState.Stopped);
                },
                limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabControlException($"{resource.Name} did not answer within {resource.StartLimit.TotalSeconds:0} s; its state is {states.Snapshot(resource.Name)?.State?.Text}.");
        }

        if (now is { Answers: not true })
            throw new LabControlException($"{resource.Name} could not be started: {(now.ExitCode is { } code ? EndWords.Of(code) : "see its log")}. Its last lines: {string.Join(" | ", logs.Tail(resource.Name, 3))}");
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
            async () =>
            {
                if (resource.Kind == ResourceKind.Server)
                    await containers.KillAsync(resource.Name, cancellationToken);
                else
                    ServiceProcesses.Signal(Pid(resource), Signal.Kill);
            },
            cancellationToken);
    }

    // Noted before it is asked for: its end may be told before the asking returns. What was refused ends by itself, if it ends.
    private async Task EndAsync(string name, AskedEnd how, Func<Task> ask, CancellationToken cancellationToken)
    {
        states.EndIsAsked(name, how);
        try
        {
            await ask();
        }
        catch (Exception)
        {
            states.EndIsAsked(name, AskedEnd.No);
            throw;
        }

        await EndedAsync(name, cancellationToken);
    }

    private async Task PauseAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ThrowIfNotRunning(resource);
        if (states.IsPaused(resource.Name))
            throw new LabControlException($"{resource.Name} is paused already.");
        await SetPausedAsync(resource, paused: true, cancellationToken);
    }

    private Task ResumeAsync(LabResource resource, CancellationToken cancellationToken)
    {
        ThrowIfNotRunning(resource);
        return states.IsPaused(resource.Name) ? SetPausedAsync(resource, paused: false, cancellationToken) : throw new LabControlException($"{resource.Name} is not paused.");
    }

    private async Task SetPausedAsync(LabResource resource, bool paused, CancellationToken cancellationToken)
    {
        if (resource.Kind == ResourceKind.Service)
            ServiceProcesses.Signal(Pid(resource), paused ? Signal.Stop : Signal.Continue);
        else if (paused)
            await containers.PauseAsync(resource.Name, cancellationToken);
        else
            await containers.ResumeAsync(resource.Name, cancellationToken);

        await states.ShowPausedAsync(resource.Name, paused);
    }

    private async Task CommandAsync(string name, string command, CancellationToken cancellationToken)
    {
        IResource resource = states.Resource(name) ?? throw new LabControlException($"{name} is not there yet.");
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
            throw new LabControlException($"{name} has not ended within {EndLimit.TotalSeconds:0} s; its state is {states.Snapshot(name)?.State?.Text}.");
        }
    }

    private void ThrowIfNotRunning(LabResource resource)
    {
        if (!states.Runs(resource.Name))
            throw new LabControlException($"{resource.Name} does not run.");
    }

    // A broker without ZooKeeper would only wait for its time-out; Aspire's start skips the waits.
    private void ThrowIfNeedsMore(LabResource resource)
    {
        if (resource.Kind == ResourceKind.Server && resource.WaitsFor.FirstOrDefault(n => !states.Runs(n)) is { } missing)
            throw new LabControlException($"{resource.Name} needs {missing}, which does not run: start {missing} first.");
    }

    private int Pid(LabResource resource) =>
        states.Snapshot(resource.Name) is { } snapshot && AspireStates.WrapperPid(snapshot) is { } wrapper && services.Find(resource.Name, wrapper) is { } pid
            ? pid
            : throw new LabControlException($"{resource.Name} has no process yet.");

    private LabResource Find(string name) => values.Find(name) ?? throw new UnknownResourceException(name, values.Model.Resources.Select(r => r.Name));
}
