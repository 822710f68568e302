using CdcLab.Clients.Market;
using CdcLab.Clients.Verdicts;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Live;

/// <summary>The lab as it is now, kept up to date while somebody watches: states as they change, memory, verdicts and the market every two seconds.</summary>
public sealed class LiveLab : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ServedLab _lab;
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;
    private readonly VerdictsClient _verifier;
    private readonly MarketClient _simulator;
    private readonly IDisposable _changes;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ResourceState State, long ChangedAt)> _states = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _listed = NewSignal();
    private long _version;
    private LabReport? _report;
    private MarketState? _market;
    private int _watchers;
    private CancellationTokenSource? _watching;
    private Task _looking = Task.CompletedTask;

    /// <summary>Makes it; nothing is asked before somebody watches.</summary>
    /// <param name="lab">The lab.</param>
    public LiveLab(ServedLab lab)
    {
        ArgumentNullException.ThrowIfNull(lab);
        _lab = lab;
        _verifier = new(lab.Model.Verifier.Port, lab.Token, lab.Model.Verifier.Ports[0].BindAddress);
        _simulator = new(lab.Model.OrderSimulator.Port, lab.Token, TimeSpan.FromSeconds(2));
        _changes = lab.Control.OnChange(Changed);
    }

    /// <summary>Looks for as long as what this returns is not disposed of.</summary>
    /// <returns>Disposed of, it ends.</returns>
    public IDisposable Watch()
    {
        lock (_lock)
        {
            if (_watchers++ == 0)
            {
                _watching = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token);
                _listed = NewSignal();
                CancellationToken end = _watching.Token;
                _looking = Task.WhenAll(_looking, RepeatAsync(ListAsync, end), RepeatAsync(AskVerifierAsync, end), RepeatAsync(AskSimulatorAsync, end));
            }
        }

        return new Watcher(this);
    }

    /// <summary>Waits until something is other than it was.</summary>
    /// <param name="seen">What was seen; 0 for nothing, then it waits for the first look.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lab as it is, and what to give the next time.</returns>
    public async Task<(LabSnapshot Lab, long Seen)> NextAsync(long seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_listed.Task.IsCompleted && _version > seen)
                    return (Snapshot(), _version);
                wait = _listed.Task.IsCompleted ? _changed.Task : _listed.Task;
            }

            await wait.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Looks at what a command on a resource depends on.</summary>
    /// <param name="resource">The resource's name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lab as it is.</returns>
    public async Task<LabSnapshot> LookAsync(string resource, CancellationToken cancellationToken)
    {
        await ListAsync(cancellationToken);
        if (resource == ResourceNames.OrderSimulator)
            await AskSimulatorAsync(cancellationToken);
        lock (_lock)
        {
            return Snapshot();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _changes.Dispose();
        await _disposed.CancelAsync();
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _verifier.Dispose();
        _simulator.Dispose();
        _disposed.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RepeatAsync(Func<CancellationToken, Task> look, CancellationToken cancellationToken)
    {
        string? told = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await look(cancellationToken);
                told = null;
                await Task.Delay(Pause, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Nobody watches any more.
                return;
            }
            catch (Exception unexpected)
            {
                // The picture stands still then: that must be said, once, and the next look may work.
                if (told != unexpected.Message)
                    _lab.Say($"What the dashboard shows is not up to date: {unexpected.Message}");
                told = unexpected.Message;
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private LabSnapshot Snapshot() => new()
    {
        Model = _lab.Model,
        Abilities = _lab.Abilities(),
        StartedAt = _startedAt,
        States = [.. _states.Values.Select(s => s.State)],
        Launches = Launches(),
        Report = _report,
        Market = _market,
    };

    private Dictionary<string, LaunchDetails> Launches()
    {
        Dictionary<string, LaunchDetails> launches = new(StringComparer.Ordinal);
        foreach (string name in _states.Keys)
        {
            if (_lab.Control.Launch(name) is { } launch)
                launches[name] = launch;
        }

        return launches;
    }

    // A change carries no memory figures; those of before hold until the next look, unless it has ended.
    private void Changed(ResourceState state)
    {
        lock (_lock)
        {
            MemoryFigures? before = _states.GetValueOrDefault(state.Name).State?.Memory;
            MemoryFigures? memory = state.State is RunState.Running or RunState.Paused or RunState.Starting
                ? before
                : before is null ? null : new(null, null, before.CapBytes, null, null, before.CapEnforced);
            _states[state.Name] = (state with { Memory = memory }, ++_version);
            Signal();
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        long before;
        lock (_lock)
        {
            before = _version;
        }

        IReadOnlyList<ResourceState> states = await _lab.Control.ListAsync(cancellationToken);
        lock (_lock)
        {
            bool other = false;
            foreach (ResourceState state in states)
            {
                (ResourceState? known, long changedAt) = _states.GetValueOrDefault(state.Name);

                // What changed while the memory was read is newer than the list.
                ResourceState now = known is not null && changedAt > before ? known with { Memory = state.Memory } : state;
                other |= now != known;
                _states[state.Name] = (now, changedAt);
            }

            if (other || _version == 0)
                _version++;
            Signal();
            _listed.TrySetResult();
        }
    }

    private async Task AskVerifierAsync(CancellationToken cancellationToken)
    {
        LabReport? report = null;
        if (Runs(_lab.Model.Verifier))
        {
            try
            {
                report = await _verifier.ReportAsync(cancellationToken);
            }
            catch (VerdictsException)
            {
                // A verifier that does not answer takes its verdicts with it; that it does not is told by its own probe.
            }
        }

        lock (_lock)
        {
            if (report is null && _report is null)
                return;
            _report = report;
            _version++;
            Signal();
        }
    }

    private async Task AskSimulatorAsync(CancellationToken cancellationToken)
    {
        MarketState? market = null;
        if (Runs(_lab.Model.OrderSimulator))
        {
            try
            {
                market = await _simulator.StateAsync(cancellationToken);
            }
            catch (Exception silent) when (silent is HttpRequestException or System.Text.Json.JsonException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // What the market does is not known then; that the simulator does not answer is told by its own probe.
            }
        }

        lock (_lock)
        {
            if (market == _market)
                return;
            _market = market;
            _version++;
            Signal();
        }
    }

    private bool Runs(LabResource resource)
    {
        lock (_lock)
        {
            return _states.GetValueOrDefault(resource.Name).State is { State: RunState.Running };
        }
    }

    private void Signal()
    {
        TaskCompletionSource before = _changed;
        _changed = NewSignal();
        before.TrySetResult();
    }

    private sealed class Watcher(LiveLab lab) : IDisposable
    {
        public void Dispose()
        {
            CancellationTokenSource? end;
            lock (lab._lock)
            {
                if (--lab._watchers > 0)
                    return;
                (end, lab._watching) = (lab._watching, null);
            }

            end?.Cancel();
            end?.Dispose();
        }
    }
}
