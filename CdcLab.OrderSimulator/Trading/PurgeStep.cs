using CdcLab.Clients.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>Old orders that came to their end are deleted, with their executions.</summary>
/// <param name="orderIds">The orders.</param>
internal sealed class PurgeStep(IReadOnlyList<long> orderIds) : MarketStep
{
    /// <summary>The orders.</summary>
    public IReadOnlyList<long> OrderIds => orderIds;

    /// <inheritdoc/>
    public override string Name => "purge";

    /// <inheritdoc/>
    public override LedgerEntry Entry() => Entry(LedgerKind.Purge);

    /// <summary>What the ledger says before the transaction.</summary>
    public LedgerEntry Intent() => Entry(LedgerKind.Purging);

    private LedgerEntry Entry(LedgerKind kind) => new() { Kind = kind, At = At, OrderIds = orderIds };
}
