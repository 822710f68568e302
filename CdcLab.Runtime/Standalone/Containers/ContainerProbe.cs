namespace CdcLab.Runtime.Standalone.Containers;

/// <summary>How one server in a container is asked, from outside: a check that starts a Java process inside would take the server's own memory.</summary>
internal abstract class ContainerProbe
{
    /// <summary>What must be so before it is launched.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    public virtual Task BeforeLaunchAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Asks it; any exception says that it does not answer.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The version that it tells; null where it tells none.</returns>
    public abstract Task<string?> AskAsync(CancellationToken cancellationToken);

    /// <summary>What is brought about between its first answer and the start of what waits for it.</summary>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>One line for each change.</returns>
    public virtual Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>The address at which this machine reaches what is published on another.</summary>
    protected static string Reach(string bindAddress) => bindAddress == "0.0.0.0" ? "127.0.0.1" : bindAddress;
}
