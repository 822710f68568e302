using CdcLab.Clients.Market;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>No new orders.</summary>
public sealed class PauseMarketCommand : MarketCommand
{
    /// <inheritdoc/>
    public override string Name => "pause-market";

    /// <inheritdoc/>
    public override string DisplayName => "Pause the market";

    /// <inheritdoc/>
    public override string Icon => "PauseCircle";

    /// <inheritdoc/>
    public override bool IsHighlighted(string resource) => true;

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => "No new orders; those that are open come to their end. The simulator runs on.";

    /// <inheritdoc/>
    protected override CommandAvailability Availability(MarketState market)
    {
        ArgumentNullException.ThrowIfNull(market);
        return market.Paused ? CommandAvailability.Hidden : CommandAvailability.Enabled;
    }

    /// <inheritdoc/>
    protected override Task<MarketState> AskAsync(MarketClient market, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(market);
        return market.PauseAsync(cancellationToken);
    }
}
