using CdcLab.Model;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>How one server or service is run as a plain process: what must be made before it starts, how it is started, and how it is asked whether it answers.</summary>
internal abstract class EmbeddedServer(LabResource resource)
{
    /// <summary>What it is.</summary>
    public LabResource Resource { get; } = resource;

    /// <summary>Makes what it needs (configuration, an initialized data folder) and says how it is started.</summary>
    public abstract Task<LaunchSpec> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Asks it; any exception says that it does not answer.</summary>
    /// <returns>The version that it tells; null where it tells none.</returns>
    public abstract Task<string?> AskAsync(CancellationToken cancellationToken);

    /// <summary>What is brought about at every start, between its first answer and the start of what waits for it.</summary>
    /// <returns>One line for each change that was made.</returns>
    public virtual Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);
}
