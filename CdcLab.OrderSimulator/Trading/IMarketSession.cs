namespace CdcLab.OrderSimulator.Trading;

/// <summary>One session at MySQL, for one step at a time. After any exception it is of no use and has to be disposed.</summary>
internal interface IMarketSession : IAsyncDisposable
{
    /// <summary>Does everything of a step but the commit.</summary>
    /// <param name="step">The step. It learns the ids of its rows.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether the step can be committed; false when the database is not as the step expects, and then nothing is left to roll back.</returns>
    Task<bool> StageAsync(MarketStep step, CancellationToken cancellationToken);

    /// <summary>Commits what was staged.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task CommitAsync(CancellationToken cancellationToken);

    /// <summary>Finds out whether a step whose commit was sent and not answered was done. It waits until that commit is decided, whoever is still at it.</summary>
    /// <param name="step">The step, with the ids that its staging returned.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Whether the step is in the database.</returns>
    Task<bool> WasDoneAsync(MarketStep step, CancellationToken cancellationToken);
}
