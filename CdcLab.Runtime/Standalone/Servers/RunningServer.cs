using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>One launch of a server or service: a process or a container that runs, or has ended.</summary>
internal abstract class RunningServer : IAsyncDisposable
{
    /// <summary>Its process id; null where it has none that means something on this machine.</summary>
    public virtual int? Pid => null;

    /// <summary>Its container's id; null where it is none.</summary>
    public virtual string? ContainerId => null;

    /// <summary>Done when it has ended and everything that it wrote is in the log.</summary>
    public abstract Task<ServerEnd> Ended { get; }

    /// <summary>Whether it stands still now, whoever has paused it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null where that cannot be seen.</returns>
    public virtual Task<bool?> IsPausedAsync(CancellationToken cancellationToken) => Task.FromResult<bool?>(null);

    /// <summary>Sends a signal; one that has ended is no fault.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task.</returns>
    public abstract Task SignalAsync(Signal signal, CancellationToken cancellationToken);

    /// <summary>SIGTERM, and SIGKILL when the grace is over or the token says that nobody waits any longer. Returns when it has ended.</summary>
    /// <param name="grace">How long it may take.</param>
    /// <param name="hurry">Kills it.</param>
    /// <returns>A task.</returns>
    public abstract Task StopAsync(TimeSpan grace, CancellationToken hurry);

    /// <summary>Its memory now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The figures; null where they cannot be had.</returns>
    public abstract Task<MemoryFigures?> ReadMemoryAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
