using System.Collections.Concurrent;

namespace CdcLab.AppHost.Lab;

internal sealed record WatchedResource(IResource Resource, CustomResourceSnapshot Snapshot)
{
    /// <summary>The state that stands on a paused resource; Aspire has none of its own.</summary>
    public const string Paused = "Paused";

    public string State => Snapshot.State?.Text ?? "Unknown";
    public int? Pid => Snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value is { } pid && int.TryParse(pid.ToString(), out int number) && number > 1 ? number : null;

    public ServerAnnotation? Server => Resource.Annotations.OfType<ServerAnnotation>().FirstOrDefault();

    public bool IsRunning => State == KnownResourceStates.Running;
    public bool IsNotStarted => State == KnownResourceStates.NotStarted;
    public bool IsPaused => State == Paused;
    public bool HasEnded => KnownResourceStates.TerminalStates.Contains(State);
}

/// <summary>Follows what Aspire says of every resource: keeps the latest, writes the logs into files, and says how a server ended.</summary>
internal sealed partial class ResourceWatch(ResourceNotificationService notifications, ResourceLoggerService loggers, LabSession lab) : IAsyncDisposable
{
    private const int LastLines = 3;
    private static readonly TimeSpan Reread = TimeSpan.FromSeconds(1);

    // On a busy machine a broker has been seen to take more than a minute from its start to its first answer.
    private static readonly TimeSpan Unchanged = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, WatchedResource> _now = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _ended = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SentSignal> _sent = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, EndWatch> _ends = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ServerLogFile> _logs = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _followers = [];
    private long _changed = Stopwatch.GetTimestamp();
    private Task _watching = Task.CompletedTask;

    /// <summary>A resource has changed: what it was before (null for the first time) and what it is.</summary>
    public Action<WatchedResource?, WatchedResource> Changed { get; set; } = (_, _) => { };

    public IReadOnlyDictionary<string, WatchedResource> Now => _now;

    /// <summary>Whether no resource has changed its state for a while: a fetch, a start and a death are changes.</summary>
    public bool IsSettled => Stopwatch.GetElapsedTime(Volatile.Read(ref _changed)) > Unchanged;

    public string States => string.Join(", ", _now.Values.OrderBy(r => r.Resource.Name, StringComparer.Ordinal).Select(r => $"{r.Resource.Name}: {r.State}"));

    public string? Ended(string name) => _ended.GetValueOrDefault(name) ?? (_sent.TryGetValue(name, out SentSignal? sent) ? $"told to end by `{sent.Command}` of this lab" : null);

    /// <summary>Notes that a command of the lab is about to end a resource, so that its end is not taken for somebody else's.</summary>
    public void WillSend(string name, SentSignal signal) => _sent[name] = signal;

    public IReadOnlyList<string> Tail(string name, int lines) => _logs.TryGetValue(name, out ServerLogFile? log) ? log.Tail(lines) : [];

    public void Start() => _watching = Task.Run(() => WatchAsync(_stop.Token), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_followers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (IDisposable open in _logs.Values.Cast<IDisposable>().Concat(_ends.Values))
            open.Dispose();
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        await foreach (ResourceEvent e in notifications.WatchAsync(stop))
        {
            if (!IsShown(e.Resource))
                continue;
            string name = e.Resource.Name;
            WatchedResource now = new(e.Resource, e.Snapshot);
            WatchedResource? before = _now.GetValueOrDefault(name);
            _now[name] = now;
            if (before?.State != now.State || before.Snapshot.HealthStatus != e.Snapshot.HealthStatus)
                Volatile.Write(ref _changed, Stopwatch.GetTimestamp());
            if (_logs.TryAdd(name, new ServerLogFile(Path.Combine(lab.LogFolder, name + ".log"), lab.Secrets.All)))
                _followers.Add(FollowLogAsync(e.Resource, _logs[name], stop));
            FollowProcess(now);
            bool hasRun = _ended.ContainsKey(name);
            if (now.HasEnded && before?.HasEnded == false)
                TellEnd(now);
            else if (now.IsRunning && before?.IsRunning == false && !before.IsPaused)
                _ended.TryRemove(name, out _);
            // Aspire calls every end of a process "Finished", and may say so again.
            if (now.State == KnownResourceStates.Finished)
                await notifications.PublishUpdateAsync(e.Resource, s => s.State?.Text == KnownResourceStates.Finished ? s with { State = KnownResourceStates.Exited } : s);
            Changed(before, now);
            // What starts only where somebody asks for it, and was refused, is as little started as before: nothing that ran is missing.
            if (now is { State: var state, Server.StartRefusal: not null } && state == KnownResourceStates.FailedToStart && !hasRun && e.Resource.TryGetLastAnnotation<ExplicitStartupAnnotation>(out _))
            {
                _ended.TryRemove(name, out _);
                await notifications.PublishUpdateAsync(e.Resource, s => s.State?.Text == KnownResourceStates.FailedToStart ? s with { State = KnownResourceStates.NotStarted } : s);
            }
        }
    }

    // Servers, services and the cluster; not parameters, connection strings and what Aspire adds for its own needs.
    private static bool IsShown(IResource resource) => resource is ExecutableResource or ContainerResource or ProjectResource or KafkaClusterResource or ConnectorResource
        && !resource.Name.EndsWith("-rebuilder", StringComparison.Ordinal) && resource.Name != "aspire-dashboard";

    private void FollowProcess(WatchedResource now)
    {
        if (!now.IsRunning || now.Pid is not { } pid || (_ends.TryGetValue(now.Resource.Name, out EndWatch? known) && known.Process.Pid == pid) || EndWatch.Open(pid) is not { } watch)
            return;
        known?.Dispose();
        _ends[now.Resource.Name] = watch;
        _sent.TryRemove(now.Resource.Name, out _);
    }

    private void TellEnd(WatchedResource now)
    {
        string name = now.Resource.Name;
        _sent.TryRemove(name, out SentSignal? sent);
        if (now.State == KnownResourceStates.FailedToStart)
        {
            _ended[name] = $"could not be started{(now.Server?.StartRefusal is { } why ? $": {why.TrimEnd('.')}" : "")}";
            return;
        }

        ExitStatus? status = _ends.TryRemove(name, out EndWatch? watch) ? watch.TryRead() : null;
        watch?.Dispose();
        int? code = now.Snapshot.ExitCode;
        // An engine reports 128 + the signal.
        if (lab.Containers && now.Resource is ContainerResource && code is > 128 and < 160)
            status = new(null, code - 128);
        string words = _ended[name] = ProcessEnd.Of(code, status, sent, (lab.Runtime as ProcessRuntime)?.Memory(name, pid: null)).Describe();
        IReadOnlyList<string> last = sent is null ? Tail(name, LastLines) : [];
        EndedLog(loggers.GetLogger(now.Resource), name, words, last.Count == 0 ? "" : $" Its last lines: {string.Join(" | ", last)}");
    }

    // A log that ended is read again from its beginning when the resource is started anew: what is known already is passed over.
    private async Task FollowLogAsync(IResource resource, ServerLogFile file, CancellationToken stop)
    {
        string? first = null;
        int last = 0;
        bool failing = false;
        while (!stop.IsCancellationRequested)
        {
            await foreach (IReadOnlyList<LogLine> lines in loggers.WatchAsync(resource).WithCancellation(stop))
            {
                if (lines.Count > 0 && lines[0].LineNumber == 1 && lines[0].Content != first)
                    (first, last) = (lines[0].Content, 0);
                LogLine[] unread = [.. lines.Where(l => l.LineNumber > last)];
                file.Append(unread.Select(l => l.Content));
                last = Math.Max(last, unread.Length == 0 ? 0 : unread[^1].LineNumber);
                // Once for each failure: what is told here comes back as a line of this log.
                if (file.WriteFailure is { } why && !failing)
                    NotWritten(loggers.GetLogger(resource), Path.Combine(lab.LogFolder, resource.Name + ".log"), why);
                failing = file.WriteFailure is not null;
            }

            await Task.Delay(Reread, stop);
        }
    }

    [LoggerMessage(30, LogLevel.Warning, "{Name}: {How}.{Last}")]
    private static partial void EndedLog(ILogger log, string name, string how, string last);

    [LoggerMessage(32, LogLevel.Warning, "This log is kept in memory only, because {File} cannot be written: {Reason}")]
    private static partial void NotWritten(ILogger log, string file, string reason);
}
