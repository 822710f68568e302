namespace CdcLab.AppHost.Processes;

/// <summary>Ends the application when Aspire's orchestrator (DCP) dies: without it the application lives on, shows every resource as running and takes half a minute
/// to stop. What the orchestrator ran is ended here: its servers, the dashboard, its folder for temporary files.</summary>
/// <remarks>DCP is two processes, an API server (<c>start-apiserver --monitor PID-OF-THIS</c>, with init as parent) and the controllers (<c>run-controllers</c>), the
/// parent of everything that runs. The two belong together by their <c>--kubeconfig</c>, a file in the folder for temporary files.</remarks>
internal sealed partial class OrchestratorWatch(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<OrchestratorWatch> log) : IDisposable
{
    public const int ExitCode = 3;

    // For each of SIGTERM and SIGKILL. DCP's monitors kill the servers 3 to 5 seconds after DCP's death.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CleanUpLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private const int LooksForStart = 30;

    // The application stops, and the orchestrator with it.
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping);

    // In a test process, an application before this one may have an orchestrator that is still ending.
    private readonly long _since = ProcessTable.Now();
    private readonly HashSet<ProcessIdentity> _children = [];
    private Task? _watching;

    /// <summary>Begins to watch; at the end, after the processes, the rest is cleaned up: containers, cgroups, the hold on the data directory.</summary>
    public void Start(Func<CancellationToken, Task> cleanUpAsync) => _watching ??= Task.Run(() => WatchAsync(cleanUpAsync));

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task WatchAsync(Func<CancellationToken, Task> cleanUpAsync)
    {
        CancellationToken stop = _stop.Token;
        try
        {
            Orchestrator? found = null;
            // What Aspire throws on its own threads when its orchestrator is gone would abort the process before it has been cleaned up after: that thread waits.
            AppDomain.CurrentDomain.UnhandledException += (_, _) => Thread.Sleep(found is { IsAlive: false } ? 2 * CleanUpLimit : TimeSpan.Zero);
            using PeriodicTimer timer = new(Period, time);
            for (int looks = 1; await timer.WaitForNextTickAsync(stop); looks++)
            {
                // Until both of its processes have been seen it may have died unseen; Aspire would wait for it without end.
                if (found?.Controllers is null && Orchestrator.Find(Environment.ProcessId, _since) is { } seen)
                    found = seen;
                if (found is null && looks < LooksForStart)
                    continue;
                if (found is not { IsAlive: true })
                {
                    await EndAsync(found, cleanUpAsync);
                    return;
                }

                // Remembered while it lives: afterwards nobody can tell whose children they were.
                _children.RemoveWhere(c => !c.IsAlive);
                if (found.Controllers is { } controllers)
                    _children.UnionWith(Identify(ProcessTable.Children(controllers.Pid)));
            }
        }
        catch (Exception failure)
        {
            if (!stop.IsCancellationRequested)
                Failed(log, failure);
        }
    }

    private async Task EndAsync(Orchestrator? lost, Func<CancellationToken, Task> cleanUpAsync)
    {
        await Console.Error.WriteLineAsync(lost is null ? "The orchestrator (DCP) did not start; stopping." : "The orchestrator (DCP) ended; stopping.");
        Environment.ExitCode = ExitCode;
        try
        {
            // Half an orchestrator would start again what is ended here.
            Send(lost is null ? [] : [lost.ApiServer, lost.Controllers ?? lost.ApiServer], Signal.Kill);
            // And what this process runs itself, such as the initialization of MySQL's data: it would write into a folder that is being removed.
            HashSet<ProcessIdentity> left =
            [
                .. _children.Where(c => c.IsAlive).SelectMany(c => Identify(ProcessTable.Descendants(c.Pid)).Prepend(c)),
                // What was started since the last look has init as parent now, but is in its session still.
                .. lost?.Controllers is { } controllers ? Identify(ProcessTable.Session(controllers.Pid)) : [],
                .. Identify(ProcessTable.Descendants(Environment.ProcessId)),
            ];
            Send(left, Signal.Terminate);
            // One that is paused cannot react to SIGTERM.
            Send(left, Signal.Continue);
            await EndedAsync(left);
            Send(left, Signal.Kill);
            // SIGKILL needs a moment too, and what is not dead writes.
            await EndedAsync(left);
            lost?.RemoveFiles();
            using CancellationTokenSource limit = new(CleanUpLimit, time);
            await cleanUpAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception failure)
        {
            // Whatever could not be cleaned up: this process must not live on.
            Failed(log, failure);
        }

        Environment.Exit(ExitCode);
    }

    private async Task EndedAsync(IReadOnlySet<ProcessIdentity> processes)
    {
        for (DateTimeOffset deadline = time.GetUtcNow() + Grace; processes.Any(p => p.IsAlive) && time.GetUtcNow() < deadline;)
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, CancellationToken.None);
    }

    private static IEnumerable<ProcessIdentity> Identify(IEnumerable<int> pids) => pids.Select(ProcessTable.Identify).OfType<ProcessIdentity>();

    private static void Send(IEnumerable<ProcessIdentity> processes, Signal signal)
    {
        foreach (ProcessIdentity process in processes.Where(p => p.IsAlive))
            ProcessSignals.TrySend(process.Pid, signal);
    }

    [LoggerMessage(711, LogLevel.Error, "Watching the orchestrator (DCP), or cleaning up after it, failed.")]
    private static partial void Failed(ILogger log, Exception failure);

    // The two processes of DCP; the second is there a little later.
    private sealed record Orchestrator(ProcessIdentity ApiServer, ProcessIdentity? Controllers, string KubeConfig, string? Socket)
    {
        public bool IsAlive => ApiServer.IsAlive && Controllers?.IsAlive != false;

        public static Orchestrator? Find(int application, long since)
        {
            (ProcessIdentity Process, string[] Words)[] all =
            [
                .. Identify(ProcessTable.All()).Where(p => p.StartTime >= since).Select(p => (p, ProcessTable.CommandLine(p.Pid)))
                    .Where(p => p.Item2.Length > 1 && Path.GetFileName(p.Item2[0]) == "dcp"),
            ];
            // With --detach it is the launcher, which ends at once.
            (ProcessIdentity api, string[] words) = Array.Find(all, p => p.Words[1] == "start-apiserver" && Option(p.Words, "--monitor") == $"{application}" && !p.Words.Contains("--detach"));
            if (words is null || Option(words, "--kubeconfig") is not { } kubeConfig)
                return null;
            (ProcessIdentity controllers, string[] theirs) = Array.Find(all, p => p.Words[1] == "run-controllers" && Option(p.Words, "--kubeconfig") == kubeConfig);
            return theirs is null ? new(api, null, kubeConfig, null) : new(api, controllers, kubeConfig, Option(theirs, "--notification-socket"));
        }

        // What DCP cannot remove any more.
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
