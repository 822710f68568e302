using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Standalone;

/// <summary>One server or service of the running lab: starts it, watches it, stops it, and knows its state. Nothing that ran restarts by itself: what died stays visible.</summary>
internal sealed class LabServer : IAsyncDisposable
{
    private const int ShownLines = 8;
    private const int HistoryLines = 10_000;

    // More than what a server writes from its last exception to its end, less than what a broker writes from its begin.
    private const int StartLines = 100;
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly RunnableServer _server;
    private readonly Action<ResourceState> _changed;
    private readonly SecretMask _mask;
    private readonly ServerLog _log;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _oneCommand = new(1);
    private readonly CancellationTokenSource _disposed = new();
    private RunningServer? _running;
    private Task _watch = Task.CompletedTask;
    private ResourceState _state;

    public LabServer(RunnableServer server, DataDirectory directory, SecretMask mask, Action<ResourceState> changed)
    {
        _changed = changed;
        _mask = mask;
        _server = server;
        _log = new(Path.Combine(directory.Folder("logs"), server.Resource.Name + ".log"));
        _state = new()
        {
            Name = Resource.Name,
            Kind = Resource.Kind,
            State = RunState.Waiting,
            WaitsFor = Resource.WaitsFor,
            Ports = Resource.Ports.ToDictionary(p => p.Name, p => p.Number, StringComparer.Ordinal),
        };
    }

    public LabResource Resource => _server.Resource;

    /// <summary>Whether it was launched and has not ended.</summary>
    public bool IsRunning
    {
        get
        {
            lock (_lock)
            {
                return _running is { Ended.IsCompleted: false };
            }
        }
    }

    /// <summary>Its state, with its memory as it is now.</summary>
    public async Task<ResourceState> NowAsync(CancellationToken cancellationToken)
    {
        RunningServer? running;
        ResourceState state;
        lock (_lock)
        {
            (running, state) = (_running, _state);
        }

        MemoryFigures? idle = Resource.MemoryCapBytes is { } cap ? new(null, null, cap, null, null, _server.CapEnforced) : null;
        return state with { Memory = running is { Ended.IsCompleted: false } ? await running.ReadMemoryAsync(cancellationToken) : idle };
    }

    public IReadOnlyList<string> Log(int lines) => _log.Tail(lines);

    /// <summary>Its log from the files, at most as much as the dashboard keeps, and what it goes on to write.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> FollowLogAsync(bool follow, CancellationToken cancellationToken) => _log.FollowAsync(HistoryLines, follow, cancellationToken);

    /// <summary>How it was launched last, without its secrets.</summary>
    public LaunchDetails? Launch => _server.Details is { } details ? _mask.Mask(details) : null;

    /// <summary>Starts it and returns when it has answered and what is brought about at every start is there.</summary>
    /// <returns>What was brought about, one line each.</returns>
    public async Task<IReadOnlyList<string>> StartAsync(CancellationToken cancellationToken)
    {
        await _oneCommand.WaitAsync(cancellationToken);
        try
        {
            if (IsRunning)
                throw new LabControlException($"{Resource.Name} already runs.");
            // Its last end is told before its new start is, or it would be taken for the end of this one.
            await _watch;
            Change(s => new ResourceState { Name = s.Name, Kind = s.Kind, Ports = s.Ports, State = RunState.Starting, StartedAt = DateTimeOffset.UtcNow });
            return await LaunchOrSayAsync(cancellationToken);
        }
        catch (ServerStartException) when (LostZooKeeper())
        {
            Change(s => s with { State = RunState.Starting, StartedAt = DateTimeOffset.UtcNow, EndedAt = null, ExitCode = null, Because = null, LastLines = [] });
            return ["its ZooKeeper session was lost while it started, so it was started a second time", .. await LaunchOrSayAsync(cancellationToken)];
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    /// <summary>SIGTERM, then SIGKILL after its grace.</summary>
    public async Task StopAsync(CancellationToken hurry)
    {
        await _oneCommand.WaitAsync(CancellationToken.None);
        try
        {
            if (_running is not { Ended.IsCompleted: false } running)
                return;
            Change(s => s with { State = RunState.Stopping, Answers = null });
            await running.StopAsync(Resource.StopGrace, hurry);
            await EndedAsync(running);
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    public Task KillAsync(CancellationToken cancellationToken) => WhileRunningAsync(
        async running =>
        {
            Change(s => s with { State = RunState.Stopping, Answers = null, Because = ResourceState.Killed });
            await running.SignalAsync(Signal.Kill, CancellationToken.None);
            await EndedAsync(running);
        },
        cancellationToken);

    public Task PauseAsync(CancellationToken cancellationToken) => WhileRunningAsync(
        async running =>
        {
            if (_state.State == RunState.Paused)
                throw new LabControlException($"{Resource.Name} is paused already.");
            await running.SignalAsync(Signal.Stop, cancellationToken);
            Change(s => s with { State = RunState.Paused, Answers = null });
        },
        cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) => WhileRunningAsync(
        async running =>
        {
            if (_state.State != RunState.Paused)
                throw new LabControlException($"{Resource.Name} is not paused.");
            await running.SignalAsync(Signal.Continue, cancellationToken);
            Change(s => s with { State = RunState.Running });
        },
        cancellationToken);

    /// <summary>Says that it will never be started, because something that it needs was not.</summary>
    public void GiveUp(string because) => Change(s => s with { State = RunState.Failed, Because = because });

    /// <summary>Stops watching it. It was stopped before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _watch;
        _disposed.Dispose();
        if (_running is not null)
            await _running.DisposeAsync();
        _log.Dispose();
        _oneCommand.Dispose();
    }

    private async Task<IReadOnlyList<string>> LaunchOrSayAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await LaunchAsync(cancellationToken);
        }
        catch (Exception failed)
        {
            // Whatever was in its way before it was launched; what came later has been told.
            Change(s => s.State == RunState.Starting ? s with { State = cancellationToken.IsCancellationRequested ? RunState.Stopped : RunState.Failed, Because = failed.Message } : s);
            throw;
        }
    }

    private async Task<IReadOnlyList<string>> LaunchAsync(CancellationToken cancellationToken)
    {
        RunningServer running = await _server.LaunchAsync(_log, cancellationToken);
        RunningServer? former;
        lock (_lock)
        {
            (former, _running) = (_running, running);
        }

        if (former is not null)
            await former.DisposeAsync();
        Change(s => s with { Pid = running.Pid, ContainerId = running.ContainerId, StartedAt = DateTimeOffset.UtcNow });
        try
        {
            string? version = await FirstAnswerAsync(running, cancellationToken);
            IReadOnlyList<string> brought = await _server.ConvergeAsync(cancellationToken);
            Change(s => s with { State = RunState.Running, Answers = true, Version = version });
            await _watch;
            _watch = WatchAsync(running, _disposed.Token);
            return brought;
        }
        catch (Exception failed)
        {
            // Not started is not running: nothing half-started stays.
            await running.SignalAsync(Signal.Kill, CancellationToken.None);
            ServerEnd end = await running.Ended;
            Change(s => s with { State = failed is OperationCanceledException ? RunState.Stopped : RunState.Failed, Answers = null, Pid = null, ExitCode = end.ExitCode, OomKilled = end.OomKilled, EndedAt = DateTimeOffset.UtcNow, LastLines = Log(ShownLines), Because = failed.Message });
            throw;
        }
    }

    // On a machine so busy that ZooKeeper or the broker stands still for longer than the session's time-out. A start is no run: nothing that was alive is brought back in silence.
    private bool LostZooKeeper() => Resource is KafkaBroker && BrokerLog.TellsOfALostSession(Log(StartLines));

    private async Task<string?> FirstAnswerAsync(RunningServer running, CancellationToken cancellationToken)
    {
        DateTimeOffset deadline = DateTimeOffset.UtcNow + Resource.StartLimit;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (running.Ended.IsCompleted)
                throw new ServerStartException(await _server.FullDiskAsync(Log(StartLines)) ?? $"{Resource.Name} ended with {(await running.Ended).Text} before it answered. Its last lines:{LastLines()}");
            try
            {
                return await AskAsync(cancellationToken);
            }
            catch (Exception silent)
            {
                // Given up, whatever the last try ended with: the next round says so.
                if (!cancellationToken.IsCancellationRequested && DateTimeOffset.UtcNow > deadline)
                    throw new ServerStartException($"{Resource.Name} did not answer within {Resource.StartLimit.TotalSeconds:0} s ({silent.Message}). Its last lines:{LastLines()}");
            }

            await Task.WhenAny(running.Ended, Task.Delay(100, cancellationToken));
        }
    }

    // Looks every second and asks in every other, which is a third of what this process costs at rest, and notices the end at once.
    private async Task WatchAsync(RunningServer running, CancellationToken cancellationToken)
    {
        for (int look = 1; !cancellationToken.IsCancellationRequested; look++)
        {
            await Task.WhenAny(running.Ended, Task.Delay(WatchInterval, cancellationToken));
            if (running.Ended.IsCompleted)
            {
                await EndedAsync(running);
                return;
            }

            await SeePauseAsync(running, cancellationToken);
            if (_state.State != RunState.Running || look % 2 != 0)
                continue;
            bool answers = await AnswersAsync(cancellationToken);
            Change(s => s.State == RunState.Running && s.Answers != answers ? s with { Answers = answers } : s);
        }
    }

    // Somebody may pause it without us: with a signal, or with the engine's own tools.
    private async Task SeePauseAsync(RunningServer running, CancellationToken cancellationToken)
    {
        if (!await _oneCommand.WaitAsync(0, CancellationToken.None))
            return;
        try
        {
            if (await running.IsPausedAsync(cancellationToken) is { } paused)
            {
                Change(s => (s.State, paused) switch
                {
                    (RunState.Running, true) => s with { State = RunState.Paused, Answers = null },
                    (RunState.Paused, false) => s with { State = RunState.Running },
                    _ => s,
                });
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody watches any more.
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever the reason is, it did not answer, which is the whole question.
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ProbeTimeout);
        return await _server.AskAsync(limit.Token);
    }

    private async Task EndedAsync(RunningServer running)
    {
        ServerEnd end = await running.Ended;
        string? fullDisk = end.ExitCode == 0 ? null : await _server.FullDiskAsync(Log(ShownLines));
        Change(s =>
        {
            // It was started anew meanwhile, or its end is told already.
            if (_running != running || s.State is not (RunState.Starting or RunState.Running or RunState.Paused or RunState.Stopping))
                return s;
            bool asked = s.State == RunState.Stopping;
            return s with
            {
                State = asked ? RunState.Stopped : RunState.Exited,
                Answers = null,
                Pid = null,
                Memory = null,
                ExitCode = end.ExitCode,
                OomKilled = end.OomKilled,
                EndedAt = DateTimeOffset.UtcNow,
                LastLines = asked ? [] : Log(ShownLines),
                Because = end.Because ?? (asked ? null : fullDisk) ?? s.Because,
            };
        });
    }

    private async Task WhileRunningAsync(Func<RunningServer, Task> action, CancellationToken cancellationToken)
    {
        await _oneCommand.WaitAsync(cancellationToken);
        try
        {
            if (_running is not { Ended.IsCompleted: false } running)
                throw new LabControlException($"{Resource.Name} does not run.");
            await action(running);
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    private string LastLines() => string.Concat(Log(ShownLines).Select(l => "\n  " + l));

    private void Change(Func<ResourceState, ResourceState> change)
    {
        ResourceState after;
        lock (_lock)
        {
            after = change(_state);
            if (after == _state)
                return;
            _state = after;
        }

        _changed(after);
    }
}
