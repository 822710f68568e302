namespace CdcLab.AppHost.Lab;

/// <summary>What breaks and heals a server or service: kill, pause and resume, beside Aspire's stop, start and restart, which get the server's own grace.</summary>
internal sealed class Faults(ResourceWatch watch, ResourceNotificationService notifications, ResourceCommandService commands, LabSession lab)
{
    // Aspire's own stop takes ten seconds at most, and an end is noticed within a few more.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ServiceGrace = TimeSpan.FromSeconds(5);

    public async Task<ExecuteCommandResult> KillAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (NotRunning(resource) is { } refusal)
            return refusal;
        watch.WillSend(resource.Name, new("kill", Signal.Kill));
        await SendAsync(resource, Signal.Kill, cancellationToken);
        await EndedAsync(resource, EndLimit, cancellationToken);
        return CommandResults.Success($"{resource.Name} was killed. It stays down until it is started.");
    }

    public async Task<ExecuteCommandResult> PauseAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (NotRunning(resource) is { } refusal)
            return refusal;
        await SendAsync(resource, Signal.Stop, cancellationToken);
        await ShowPausedAsync(resource, paused: true);
        return CommandResults.Success($"{resource.Name} is paused. It answers nothing until it is resumed.");
    }

    public async Task<ExecuteCommandResult> ResumeAsync(IResource resource, CancellationToken cancellationToken)
    {
        if (Now(resource) is not { IsPaused: true })
            return CommandResults.Failure($"{resource.Name} is not paused.");
        await SendAsync(resource, Signal.Continue, cancellationToken);
        await ShowPausedAsync(resource, paused: false);
        return CommandResults.Success($"{resource.Name} goes on.");
    }

    public async Task<ExecuteCommandResult> StopAsync(IResource resource, Func<Task<ExecuteCommandResult>> tellAspire, CancellationToken cancellationToken)
    {
        if (Now(resource) is { } now && (now.IsRunning || now.IsPaused))
        {
            // What is frozen cannot react to SIGTERM.
            if (now.IsPaused)
                await SendAsync(resource, Signal.Continue, cancellationToken);
            watch.WillSend(resource.Name, new("stop", Signal.Terminate));
            TimeSpan grace = now.Server?.StopGrace ?? ServiceGrace;
            if (now.Server?.Container is { } container)
                await lab.Engine!.StopAsync(container, grace, cancellationToken);
            else if (now.Pid is { } pid && ProcessSignals.TrySend(pid, Signal.Terminate))
                await EndedAsync(resource, grace, cancellationToken);
        }

        return await tellAspire();
    }

    public async Task<ExecuteCommandResult> RestartAsync(IResource resource, CancellationToken cancellationToken)
    {
        // One that has ended meanwhile has nothing to be stopped.
        if (Now(resource) is { HasEnded: true })
            return await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, cancellationToken);
        ExecuteCommandResult stopped = await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);
        return stopped.Success ? await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, cancellationToken) : stopped;
    }

    /// <summary>Shows that it is paused or not; Aspire does not notice either.</summary>
    public Task ShowPausedAsync(IResource resource, bool paused) => notifications.PublishUpdateAsync(
        resource,
        s => s.State?.Text == (paused ? KnownResourceStates.Running : WatchedResource.Paused)
            ? s with { State = paused ? new(WatchedResource.Paused, KnownResourceStateStyles.Warn) : new(KnownResourceStates.Running, KnownResourceStateStyles.Success) }
            : s);

    private async Task SendAsync(IResource resource, Signal signal, CancellationToken cancellationToken)
    {
        if (Now(resource)?.Server?.Container is not { } container)
            ProcessSignals.TrySend(Now(resource)?.Pid ?? throw new InvalidOperationException($"{resource.Name} has no process."), signal);
        else if (signal == Signal.Kill)
            await lab.Engine!.KillAsync(container, cancellationToken);
        else if (signal == Signal.Stop)
            await lab.Engine!.PauseAsync(container, cancellationToken);
        else
            await lab.Engine!.ResumeAsync(container, cancellationToken);
    }

    private async Task EndedAsync(IResource resource, TimeSpan limit, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            await notifications.WaitForResourceAsync(resource.Name, KnownResourceStates.TerminalStates, end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Its grace is over; Aspire's own stop, which comes next, ends it.
        }
    }

    private ExecuteCommandResult? NotRunning(IResource resource) => Now(resource) is { IsRunning: true } now && (now.Server?.Container is not null || now.Pid is not null)
        ? null
        : CommandResults.Failure($"{resource.Name} does not run; its state is {Now(resource)?.State ?? "unknown"}.");

    private WatchedResource? Now(IResource resource) => watch.Now.GetValueOrDefault(resource.Name);
}

internal static class FaultCommandExtensions
{
    // The meaning is what it is for others when the resource is gone; a server has its own.
    public static IResourceBuilder<T> WithFaultCommands<T>(this IResourceBuilder<T> resource, string? meaning = null)
        where T : IResource
    {
        string name = resource.Resource.Name;
        meaning ??= resource.Resource.Annotations.OfType<ServerAnnotation>().First().FaultMeaning;
        return resource
            .WithFault("kill", "Kill", "Flash", $"Kill {name} (SIGKILL)? It ends at once, without cleaning up, and stays down until it is started. {meaning}", KnownResourceStates.Running, (f, stop) => f.KillAsync(resource.Resource, stop))
            .WithFault("pause", "Pause", "Pause", $"Pause {name} (SIGSTOP)? It keeps its connections and answers nothing until it is resumed. {meaning}", KnownResourceStates.Running, (f, stop) => f.PauseAsync(resource.Resource, stop))
            .WithFault("resume", "Resume", "Play", null, WatchedResource.Paused, (f, stop) => f.ResumeAsync(resource.Resource, stop))
            .OnInitializeResource((_, _, _) =>
            {
                // Only from here on are Aspire's own commands there.
                Replace(resource, KnownResourceCommands.StopCommand, $"Stop {name}? {meaning}", (faults, theirs, context) => faults.StopAsync(resource.Resource, () => theirs.ExecuteCommand(context), context.CancellationToken));
                Replace(resource, KnownResourceCommands.RestartCommand, $"Restart {name}? {meaning}", (faults, _, context) => faults.RestartAsync(resource.Resource, context.CancellationToken));
                return Task.CompletedTask;
            });
    }

    private static IResourceBuilder<T> WithFault<T>(this IResourceBuilder<T> resource, string name, string displayName, string icon, string? confirmation, string state, Func<Faults, CancellationToken, Task<ExecuteCommandResult>> execute)
        where T : IResource => resource.WithCommand(name, displayName, context => execute(context.Services.GetRequiredService<Faults>(), context.CancellationToken), new CommandOptions
        {
            ConfirmationMessage = confirmation,
            IconName = icon,
            UpdateState = context => context.ResourceSnapshot.State?.Text == state ? ResourceCommandState.Enabled : ResourceCommandState.Hidden,
        });

    private static void Replace<T>(IResourceBuilder<T> resource, string name, string confirmation, Func<Faults, ResourceCommandAnnotation, ExecuteCommandContext, Task<ExecuteCommandResult>> execute)
        where T : IResource
    {
        if (resource.Resource.Annotations.OfType<ResourceCommandAnnotation>().SingleOrDefault(c => c.Name == name) is not { } theirs)
            return;
        resource.WithCommand(theirs.Name, theirs.DisplayName, context => execute(context.Services.GetRequiredService<Faults>(), theirs, context), new CommandOptions
        {
            Description = theirs.DisplayDescription,
            ConfirmationMessage = confirmation,
            IconName = theirs.IconName,
            IconVariant = theirs.IconVariant,
            IsHighlighted = theirs.IsHighlighted,
            // A paused server can be stopped too.
            UpdateState = context => context.ResourceSnapshot.State?.Text == WatchedResource.Paused ? ResourceCommandState.Enabled : theirs.UpdateState(context),
        });
    }
}
