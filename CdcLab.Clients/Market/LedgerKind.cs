namespace CdcLab.Clients.Market;

/// <summary>What a commit of the market did.</summary>
public enum LedgerKind
{
    /// <summary>An order was placed.</summary>
    Insert,

    /// <summary>A part of an order was executed.</summary>
    Execute,

    /// <summary>An order was cancelled.</summary>
    Cancel,

    /// <summary>Finished orders are about to be deleted. Written before the commit: rows whose deletion was never acknowledged must not look lost.</summary>
    Purging,

    /// <summary>Finished orders and their executions were deleted.</summary>
    Purge,
}
