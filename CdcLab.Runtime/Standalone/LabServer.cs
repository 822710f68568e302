using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Memory;
using CdcLab.Runtime.Standalone.Processes;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Standalone;

/// <summary>One server or service of the running lab: starts it, watches it, stops it, and knows its state. Nothing restarts by itself: what died stays visible.</summary>
internal sealed class LabServer : IAsyncDisposable
{
    private const int ShownLines = 8;
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    private readonly EmbeddedServer _server;
    private readonly MemoryCaps _caps;
    private readonly RunFile _runFile;
    private readonly Action<ResourceState> _changed;
    private readonly ServerLog _log;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _oneCommand = new(1);
    private readonly CancellationTokenSource _disposed = new();
    private ServerProcess? _process;
    private Task _watch = Task.CompletedTask;
    private ResourceState _state;

    public LabServer(EmbeddedServer server, MemoryCaps caps, RunFile runFile, DataDirectory directory, Action<ResourceState> changed)
    {
        _changed = changed;
        _server = server;
        _caps = caps;
        _runFile = runFile;
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

    /// <summary>Its state, with its memory as it is now.</summary>
    public ResourceState Now()
    {
        lock (_lock)
        {
            return _process is { } process && !process.Ended.IsCompleted
                ? _state with { Memory = Resource.MemoryCapBytes is { } cap ? _caps.Read(Resource.Name, process.Pid, cap) : ProcessMemory.Read(process.Pid) }
                : _state with { Memory = Resource.MemoryCapBytes is { } without ? new(null, null, without, null, null, _caps.Enforced) : null };
        }
    }

    public IReadOnlyList<string> Log(int lines) => _log.Tail(lines);

    /// <summary>Starts it and returns when it has answered and what is brought about at every start is there.</summary>
    /// <returns>What was brought about, one line each.</returns>
    public async Task<IReadOnlyList<string>> StartAsync(CancellationToken cancellationToken)
    {
        await _oneCommand.WaitAsync(cancellationToken);
        try
        {
            if (_process is { Ended.IsCompleted: false })
                throw new LabControlException($"{Resource.Name} already runs.");
            Change(s => new ResourceState { Name = s.Name, Kind = s.Kind, Ports = s.Ports, State = RunState.Starting, StartedAt = DateTimeOffset.UtcNow });
            return await LaunchAsync(cancellationToken);
        }
        catch (Exception failed) when (failed is not LabControlException)
        {
            Change(s => s with { State = cancellationToken.IsCancellationRequested ? RunState.Stopped : RunState.Failed, Because = failed.Message });
            throw;
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
            if (_process is not { Ended.IsCompleted: false } process)
                return;
            Change(s => s with { State = RunState.Stopping, Answers = null });
            await process.StopAsync(Resource.StopGrace, hurry);
            await EndedAsync(process);
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    public Task KillAsync(CancellationToken cancellationToken) => WhileRunningAsync(
        async process =>
        {
            Change(s => s with { State = RunState.Stopping, Answers = null, Because = "killed" });
            process.Signal(Signal.Kill);
            await EndedAsync(process);
        },
        cancellationToken);

    public Task PauseAsync(CancellationToken cancellationToken) => WhileRunningAsync(
        process =>
        {
            if (_state.State == RunState.Paused)
                throw new LabControlException($"{Resource.Name} is paused already.");
            process.Signal(Signal.Stop);
            Change(s => s with { State = RunState.Paused, Answers = null });
            return Task.CompletedTask;
        },
        cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) => WhileRunningAsync(
        process =>
        {
            if (_state.State != RunState.Paused)
                throw new LabControlException($"{Resource.Name} is not paused.");
            process.Signal(Signal.Continue);
            Change(s => s with { State = RunState.Running });
            return Task.CompletedTask;
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
        _process?.Dispose();
        _log.Dispose();
        _oneCommand.Dispose();
    }

    private async Task<IReadOnlyList<string>> LaunchAsync(CancellationToken cancellationToken)
    {
        LaunchSpec spec = await _server.PrepareAsync(cancellationToken);
        if (Resource.MemoryCapBytes is { } cap)
            spec = _caps.Apply(spec, Resource.Name, cap);
        cancellationToken.ThrowIfCancellationRequested();
        ServerProcess process = ServerProcess.Start(spec, _log, (pid, start) => _runFile.Add(Resource.Name, pid, start));
        lock (_lock)
        {
            _process?.Dispose();
            _process = process;
        }

        Change(s => s with { Pid = process.Pid, StartedAt = DateTimeOffset.UtcNow });
        try
        {
            string? version = await FirstAnswerAsync(process, cancellationToken);
            IReadOnlyList<string> brought = await _server.ConvergeAsync(cancellationToken);
            Change(s => s with { State = RunState.Running, Answers = true, Version = version });
            await _watch;
            _watch = WatchAsync(process, _disposed.Token);
            return brought;
        }
        catch (Exception failed)
        {
            // Not started is not running: nothing half-started stays.
            process.Signal(Signal.Kill);
            int code = await process.Ended;
            _runFile.Remove(process.Pid);
            Change(s => s with { State = failed is OperationCanceledException ? RunState.Stopped : RunState.Failed, Answers = null, Pid = null, ExitCode = code, EndedAt = DateTimeOffset.UtcNow, LastLines = Log(ShownLines), Because = failed.Message });
            throw;
        }
    }

    private async Task<string?> FirstAnswerAsync(ServerProcess process, CancellationToken cancellationToken)
    {
        DateTimeOffset deadline = DateTimeOffset.UtcNow + Resource.StartLimit;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (process.Ended.IsCompleted)
                throw new ServerStartException($"{Resource.Name} ended with exit code {await process.Ended} before it answered. Its last lines:{LastLines()}");
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

            await Task.WhenAny(process.Ended, Task.Delay(100, cancellationToken));
        }
    }

    // Asks once a second, and notices the end at once.
    private async Task WatchAsync(ServerProcess process, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAny(process.Ended, Task.Delay(1000, cancellationToken));
            if (process.Ended.IsCompleted)
            {
                await EndedAsync(process);
                return;
            }

            if (_state.State != RunState.Running)
                continue;
            bool answers = await AnswersAsync(cancellationToken);
            Change(s => s.State == RunState.Running && s.Answers != answers ? s with { Answers = answers } : s);
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

    private async Task EndedAsync(ServerProcess process)
    {
        int code = await process.Ended;
        _runFile.Remove(process.Pid);
        Change(s =>
        {
            if (s.Pid != process.Pid)
                return s;
            bool asked = s.State == RunState.Stopping;
            return s with
            {
                State = asked ? RunState.Stopped : RunState.Exited,
                Answers = null,
                Pid = null,
                Memory = null,
                ExitCode = code,
                EndedAt = DateTimeOffset.UtcNow,
                LastLines = asked ? [] : Log(ShownLines),
            };
        });
    }

    private async Task WhileRunningAsync(Func<ServerProcess, Task> action, CancellationToken cancellationToken)
    {
        await _oneCommand.WaitAsync(cancellationToken);
        try
        {
            if (_process is not { Ended.IsCompleted: false } process)
                throw new LabControlException($"{Resource.Name} does not run.");
            await action(process);
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
