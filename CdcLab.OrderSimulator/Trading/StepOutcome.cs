namespace CdcLab.OrderSimulator.Trading;

/// <summary>How a step ended.</summary>
internal enum StepOutcome
{
    /// <summary>It is in the database, once, and in the ledger.</summary>
    Done,

    /// <summary>The database is not as the step expects; it was not done.</summary>
    Refused,
}
