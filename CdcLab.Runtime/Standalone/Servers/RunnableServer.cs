using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>One server or service of the lab as something that can be run, whatever it runs as: a process or a container.</summary>
internal abstract class RunnableServer(LabResource resource)
{
    /// <summary>What it is.</summary>
    public LabResource Resource { get; } = resource;

    /// <summary>Whether the kernel holds it to its memory cap.</summary>
    public abstract bool CapEnforced { get; }

    /// <summary>How it was launched last, secrets and all: whoever shows it masks it first. Null before its first launch.</summary>
    public LaunchDetails? Details { get; protected set; }

    /// <summary>Makes what it needs and launches it; it does not answer yet when this returns.</summary>
    /// <param name="log">Where its output goes.</param>
    /// <param name="cancellationToken">Gives it up; nothing half-launched stays.</param>
    /// <returns>The running thing.</returns>
    public abstract Task<RunningServer> LaunchAsync(ServerLog log, CancellationToken cancellationToken);

    /// <summary>Asks it; any exception says that it does not answer.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The version that it tells; null where it tells none.</returns>
    public abstract Task<string?> AskAsync(CancellationToken cancellationToken);

    /// <summary>What is brought about at every start, between its first answer and the start of what waits for it.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One line for each change that was made.</returns>
    public virtual Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Why it ended, where that is the full disk on which it keeps its data.</summary>
    /// <param name="lastLines">What it wrote last.</param>
    /// <returns>The fault and what to do, in one line; null where nothing speaks for the disk.</returns>
    public virtual Task<string?> FullDiskAsync(IReadOnlyList<string> lastLines) => Task.FromResult<string?>(null);
}
