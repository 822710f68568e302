namespace CdcLab.AppHost.Processes;

/// <summary>Ends the application when Aspire's orchestrator (DCP) dies: without it the application lives on, shows every resource as running and takes half a minute
/// to stop. What the orchestrator ran is ended here: its servers, the dashboard, its folder for temporary files.</summary>
/// <remarks>DCP is two processes, an API server (<c>start-apiserver --monitor PID-OF-THIS</c>, with init as parent) and the controllers (<c>run-controllers</c>), the
/// parent of everything that runs. The two belong together by their <c>--kubeconfig</c>, a file in the folder for temporary files.</remarks>
/// <param name="lifetime">Tells that the application stops, and with it the orchestrator.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class OrchestratorWatch(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<OrchestratorWatch> log) : IHostedLifecycleService, IDisposable
{
    /// <summary>The exit code of an application that lost its orchestrator.</summary>
    public const int ExitCode = 3;

    // From SIGTERM to SIGKILL. DCP's monitors kill the servers 3 to 5 seconds after DCP's death.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);

    // In a test process, an application before this one may have an orchestrator that is still ending.
    private readonly long _since = ProcessTable.Now();
    private readonly HashSet<ProcessIdentity> _children = [];
    private Orchestrator? _orchestrator;
    private bool _isStopped;
    private Task _watching = Task.CompletedTask;

    /// <summary>Further processes of the lab to end when the orchestrator is lost; those that it started itself are known.</summary>
    public Func<IEnumerable<int>> LabProcesses { get; init; } = () => [];

    /// <summary>What else is cleaned up when the orchestrator is lost, after the processes: cgroups, containers. Has ten seconds.</summary>
    public Func<CancellationToken, Task> CleanUpAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Ends this process.</summary>
    internal Action<int> Exit { get; init; } = Environment.Exit;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _watching = Task.Run(() => WatchAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        // A test's host is stopped a second time after its end.
        if (_isStopped)
            return;
        _isStopped = true;
        await _stop.CancelAsync();
        await _watching.WaitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private async Task WatchAsync(CancellationToken stop)
    {
        try
        {
            using PeriodicTimer timer = new(Period, time);
            for (int looks = 1; await timer.WaitForNextTickAsync(stop); looks++)
            {
                _orchestrator ??= Orchestrator.Find(Environment.ProcessId, _since);
                if (_orchestrator is not { } found)
                {
                    if (looks == 60)
                        NotFound(log);
                }
                else if (found.IsAlive)
                {
                    // Remembered while it lives: afterwards nobody can tell whose children they were.
                    _children.RemoveWhere(c => !c.IsAlive);
                    _children.UnionWith(Identify(ProcessTable.Children(found.Controllers.Pid)));
                }
                else
                {
                    await EndAsync(found);
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The application stops, and the orchestrator with it.
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Failed(log, failure);
        }
    }

    private async Task EndAsync(Orchestrator lost)
    {
        await Console.Error.WriteLineAsync("The orchestrator (DCP) ended; stopping.");
        Environment.ExitCode = ExitCode;
        try
        {
            // Half an orchestrator would start again what is ended here.
            Signal([lost.ApiServer, lost.Controllers], Processes.Signal.Kill);
            ProcessIdentity[] roots = [.. _children, .. Identify(LabProcesses())];
            HashSet<ProcessIdentity> left = [.. roots.Where(r => r.IsAlive), .. roots.Where(r => r.IsAlive).SelectMany(r => Identify(ProcessTable.Descendants(r.Pid)))];
            Signal(left, Processes.Signal.Terminate);
            // One that is paused cannot react to SIGTERM.
            Signal(left, Processes.Signal.Continue);
            for (DateTimeOffset deadline = time.GetUtcNow() + Grace; left.Any(p => p.IsAlive) && time.GetUtcNow() < deadline;)
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, CancellationToken.None);
            Signal(left, Processes.Signal.Kill);
            lost.RemoveFiles();
            using CancellationTokenSource limit = new(TimeSpan.FromSeconds(10), time);
            await CleanUpAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception failure)
        {
            // Whatever could not be cleaned up: this process must not live on.
            Failed(log, failure);
        }

        Exit(ExitCode);
    }

    private static IEnumerable<ProcessIdentity> Identify(IEnumerable<int> pids) => pids.Select(ProcessTable.Identify).OfType<ProcessIdentity>();

    private static void Signal(IEnumerable<ProcessIdentity> processes, Signal signal)
    {
        foreach (ProcessIdentity process in processes.Where(p => p.IsAlive))
            ProcessSignals.TrySend(process.Pid, signal);
    }

    [LoggerMessage(710, LogLevel.Warning, "The processes of the orchestrator (DCP) were not found: its death would not be noticed.")]
    private static partial void NotFound(ILogger log);

    [LoggerMessage(711, LogLevel.Error, "Watching the orchestrator (DCP), or cleaning up after it, failed.")]
    private static partial void Failed(ILogger log, Exception failure);

    /// <summary>The two processes of DCP.</summary>
    internal sealed record Orchestrator(ProcessIdentity ApiServer, ProcessIdentity Controllers, string KubeConfig, string? Socket)
    {
        public bool IsAlive => ApiServer.IsAlive && Controllers.IsAlive;

        /// <summary>Finds the orchestrator of an application; null while it is not there.</summary>
        /// <param name="application">The application's process.</param>
        /// <param name="since">The earliest start, in clock ticks since boot.</param>
        public static Orchestrator? Find(int application, long since)
        {
            string monitored = application.ToString(CultureInfo.InvariantCulture);
            List<(ProcessIdentity Process, string[] Words)> all =
            [
                .. Identify(ProcessTable.All()).Where(p => p.StartTime >= since).Select(p => (p, ProcessTable.CommandLine(p.Pid)))
                    .Where(p => p.Item2.Length > 1 && Path.GetFileName(p.Item2[0]) == "dcp"),
            ];
            // With --detach it is the launcher, which ends at once.
            (ProcessIdentity api, string[] words) = all.Find(p => p.Words[1] == "start-apiserver" && Option(p.Words, "--monitor") == monitored && !p.Words.Contains("--detach"));
            if (words is null || Option(words, "--kubeconfig") is not { } kubeConfig)
                return null;
            (ProcessIdentity controllers, string[] theirs) = all.Find(p => p.Words[1] == "run-controllers" && Option(p.Words, "--kubeconfig") == kubeConfig);
            return theirs is null ? null : new(api, controllers, kubeConfig, Option(theirs, "--notification-socket"));
        }

        /// <summary>Removes what DCP cannot remove any more: its folder for temporary files and its socket.</summary>
        public void RemoveFiles()
        {
            if (Path.GetDirectoryName(KubeConfig) is { } folder && Path.GetFileName(folder).StartsWith("aspire-dcp", StringComparison.Ordinal) && Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            if (Socket is not null && Path.GetFileName(Socket).StartsWith("dcp-", StringComparison.Ordinal))
                File.Delete(Socket);
        }

        private static string? Option(string[] words, string name) => Array.IndexOf(words, name) is var i and >= 0 && i + 1 < words.Length ? words[i + 1] : null;
    }
}
