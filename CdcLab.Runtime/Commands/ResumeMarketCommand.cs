using CdcLab.Clients.Market;
using CdcLab.Model.Options;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>New orders again.</summary>
public sealed class ResumeMarketCommand : MarketCommand
{
    /// <inheritdoc/>
    public override string Name => "resume-market";

    /// <inheritdoc/>
    public override string DisplayName => "Resume the market";

    /// <inheritdoc/>
    public override string Icon => "PlayCircle";

    /// <inheritdoc/>
    public override bool IsHighlighted(string resource) => true;

    /// <inheritdoc/>
    public override string Describe(LabSnapshot lab, string resource) => "New orders again, at the rate that is set.";

    /// <inheritdoc/>
    protected override CommandAvailability Availability(MarketState market)
    {
        ArgumentNullException.ThrowIfNull(market);
        if (!market.Paused)
            return CommandAvailability.Hidden;

        // At the rate 0 there is nothing to resume.
        return OrderRate.TryParse(market.OrdersPerSecond, out OrderRate rate) && rate.IsPaused ? CommandAvailability.Disabled : CommandAvailability.Enabled;
    }

    /// <inheritdoc/>
    protected override Task<MarketState> AskAsync(MarketClient market, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(market);
        return market.ResumeAsync(cancellationToken);
    }
}
