using System.Collections.Concurrent;
using CdcLab.AppHost.Programs;

namespace CdcLab.AppHost.Processes;

/// <summary>How the servers of one application run: as containers or as processes. It is chosen once, before the first resource is added.</summary>
internal abstract record ServerRuntime(string BindAddress)
{
    /// <summary>The address of the host at which the application itself reaches its servers.</summary>
    public const string Loopback = "127.0.0.1";
}

/// <summary>Servers as processes below the orchestrator; data, configuration and temporary files lie below the folder.</summary>
internal sealed record ProcessRuntime(string BindAddress, ProgramStore Programs, MemoryCaps Caps, string Folder) : ServerRuntime(BindAddress)
{
    /// <summary>Refuses a server that cannot open the data; by default none is refused.</summary>
    public Action<Version> AdmitMySql { get; init; } = _ => { };

    public Action<Version> AdmitKafka { get; init; } = _ => { };

    private readonly ConcurrentDictionary<string, CapGroup> _groups = new(StringComparer.Ordinal);

    public string DataFolder(string server) => Path.Combine(Folder, "data", server);

    public string ConfigFolder => Directory.CreateDirectory(Path.Combine(Folder, "config")).FullName;

    public string EmptyTemporaryFolder(string server)
    {
        string folder = Path.Combine(Folder, "tmp", server);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(folder).FullName;
    }

    public CapGroup Cap(string server, long capBytes) => _groups[server] = Caps.Prepare(server, capBytes);

    public MemoryReading? Memory(string server, int? pid) => _groups.TryGetValue(server, out CapGroup? group) ? group.Read(pid) : null;
}

/// <summary>What the application knows of a server beside what Aspire knows: the time from SIGTERM to its end, the folder or volume of its data (null where it keeps
/// none), what it means for others when it is killed, paused or stopped (for the question before that), and its container's fixed name.</summary>
internal sealed record ServerAnnotation(long CapBytes, TimeSpan StopGrace, string? Data, string FaultMeaning) : IResourceAnnotation
{
    public string? Container { get; init; }

    /// <summary>Why its last start was refused; null where it was not.</summary>
    public string? StartRefusal { get; set; }
}

/// <summary>A server cannot be started, for a reason that its user can mend: Aspire writes what this says into the resource's log, and no stack.</summary>
internal sealed class StartRefusedException(Exception reason) : DistributedApplicationException(reason.Message, reason)
{
    public override string ToString() => Message;
}

/// <summary>Runs a server as a process whose programs are found or fetched while the dashboard is already up.</summary>
internal static class ProcessServerExtensions
{
    /// <summary>Gives an executable resource its command. Programs are fetched at once, for all servers side by side; <paramref name="prepare"/> comes before each start.</summary>
    public static IResourceBuilder<T> RunAsProcess<T>(
        this IResourceBuilder<T> process, ProcessRuntime runtime, long capBytes, TimeSpan stopGrace, string faultMeaning,
        Func<IProgress<FetchProgress>, CancellationToken, Task> fetch, Func<ILogger, CancellationToken, Task<LaunchCommand>> prepare)
        where T : ExecutableResource
    {
        Task? fetching = null;
        IReadOnlyList<string> arguments = [];
        ServerAnnotation server = new(capBytes, stopGrace, runtime.DataFolder(process.Resource.Name), faultMeaning);
        return process
            .WithAnnotation(server)
            .OnInitializeResource((resource, e, stop) =>
            {
                // Awaited below, before the first start: waits of the resource come first in BeforeResourceStarted, so fetching must have begun by then.
                fetching = FetchAsync(resource, e.Notifications, fetch, stop);
                return Task.CompletedTask;
            })
            .OnBeforeResourceStarted(async (resource, e, stop) =>
            {
                ILogger log = e.Services.GetRequiredService<ResourceLoggerService>().GetLogger(resource);
                server.StartRefusal = null;
                try
                {
                    await fetching!.WaitAsync(stop);
                    // Aspire's own wait is a later subscriber of this event.
                    await e.Services.GetRequiredService<ResourceNotificationService>().WaitForDependenciesAsync(resource, stop);
                    LaunchCommand command = await prepare(log, stop);
                    (string program, arguments) = Launch.AsScript(
                        Path.Combine(runtime.ConfigFolder, resource.Name), Launch.InCap(runtime.Cap(resource.Name, capBytes), command.Program, command.Arguments));
                    process.WithCommand(program).WithWorkingDirectory(command.WorkingDirectory);
                }
                catch (Exception failed) when (failed is not OperationCanceledException)
                {
                    server.StartRefusal = failed.Message;
                    throw new StartRefusedException(failed);
                }
            })
            .WithArgs(context =>
            {
                foreach (string argument in arguments)
                    context.Args.Add(argument);
            });
    }

    private static async Task FetchAsync(IResource resource, ResourceNotificationService notifications, Func<IProgress<FetchProgress>, CancellationToken, Task> fetch, CancellationToken stop)
    {
        StateProgress progress = new(resource, notifications);
        await Task.Yield();
        await fetch(progress, stop);
        await progress.Published;
        if (progress.HasShown)
            await notifications.PublishUpdateAsync(resource, s => s.State?.Text.StartsWith("Fetching", StringComparison.Ordinal) == true ? s with { State = KnownResourceStates.Waiting } : s);
    }

    // One report after the other, and only where the text changes. Progress<T> posts to the thread pool, where reports can overtake each other.
    private sealed class StateProgress(IResource resource, ResourceNotificationService notifications) : IProgress<FetchProgress>
    {
        private readonly Lock _one = new();
        private string? _shown;

        public bool HasShown => _shown is not null;

        public Task Published { get; private set; } = Task.CompletedTask;

        public void Report(FetchProgress value)
        {
            lock (_one)
            {
                string text = value.Percent is { } percent ? $"Fetching {value.Part} {percent} %" : $"Fetching {value.Part}";
                if (_shown != text)
                    Published = PublishAsync(Published, _shown = text);
            }
        }

        private async Task PublishAsync(Task earlier, string text)
        {
            await earlier;
            await notifications.PublishUpdateAsync(resource, s => s with { State = new(text, KnownResourceStateStyles.Info) });
        }
    }
}
