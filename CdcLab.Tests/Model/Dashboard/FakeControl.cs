using System.Collections.Concurrent;
using CdcLab.Model.Live;
using CdcLab.Runtime;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>A lab without servers: its states are what the test says, its logs are real ones.</summary>
internal sealed class FakeControl : ILabControl, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cdclab-dashboard-").FullName;
    private readonly ChangeListeners _listeners = new();
    private readonly ConcurrentDictionary<string, ResourceState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ServerLog> _logs = new(StringComparer.Ordinal);

    public FakeControl(IEnumerable<ResourceState> states)
    {
        foreach (ResourceState state in states)
            _states[state.Name] = state;
    }

    public ConcurrentQueue<(string Name, ServerCommand Command)> Asked { get; } = new();

    /// <summary>What a command does; by default nothing, and it works.</summary>
    public Func<string, ServerCommand, ResourceState>? OnCommand { get; set; }

    public ConcurrentDictionary<string, LaunchDetails> Launches { get; } = new(StringComparer.Ordinal);

    public int Listings { get; private set; }

    public ServerLog LogOf(string name) => _logs.GetOrAdd(name, n => new(Path.Combine(_folder, n + ".log")));

    /// <summary>Changes a state, and tells whoever listens.</summary>
    public void Change(string name, Func<ResourceState, ResourceState> change) => _listeners.Tell(_states[name] = change(_states[name]));

    /// <summary>Changes what the next listing says, and tells nobody: as memory does.</summary>
    public void ChangeSilently(string name, Func<ResourceState, ResourceState> change) => _states[name] = change(_states[name]);

    public void Add(ResourceState state) => _listeners.Tell(_states[state.Name] = state);

    public Task<IReadOnlyList<ResourceState>> ListAsync(CancellationToken cancellationToken)
    {
        Listings++;
        return Task.FromResult<IReadOnlyList<ResourceState>>([.. _states.Values]);
    }

    public Task<ResourceState> ExecuteAsync(string name, ServerCommand command, CancellationToken cancellationToken)
    {
        Asked.Enqueue((name, command));
        return Task.FromResult(OnCommand?.Invoke(name, command) ?? _states[name]);
    }

    public IReadOnlyList<string> Log(string name, int lines) => LogOf(name).Tail(lines);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> FollowLogAsync(string name, bool follow, CancellationToken cancellationToken) => LogOf(name).FollowAsync(10_000, follow, cancellationToken);

    public LaunchDetails? Launch(string name) => Launches.GetValueOrDefault(name);

    public IDisposable OnChange(Action<ResourceState> changed) => _listeners.Add(changed);

    public void Dispose()
    {
        foreach (ServerLog log in _logs.Values)
            log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
