using CdcLab.Clients.Market;
using CdcLab.Model.Options;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>Makes the market faster or slower by a factor.</summary>
/// <param name="factor">The factor.</param>
public abstract class RateCommand(double factor) : MarketCommand
{
    /// <inheritdoc/>
    protected override CommandAvailability Availability(MarketState market) => Next(market) is null ? CommandAvailability.Disabled : CommandAvailability.Enabled;

    /// <inheritdoc/>
    protected override async Task<MarketState> AskAsync(MarketClient market, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(market);

        // From what it is now, not from what was seen last: somebody else may have changed it.
        MarketState now = await market.StateAsync(cancellationToken);
        return Next(now) is { } rate
            ? await market.SetRateAsync(rate, cancellationToken)
            : throw new LabControlException($"The rate is {now.OrdersPerSecond} orders a second, which has no {(factor > 1 ? "double within the limits" : "half")}.");
    }

    // "max" has no double and no half, neither has 0; a millionth of an order a second is no market.
    private OrderRate? Next(MarketState market)
    {
        if (!OrderRate.TryParse(market.OrdersPerSecond, out OrderRate rate) || rate.IsMax || rate.IsPaused)
            return null;
        double next = rate.PerSecond * factor;
        return next is >= 0.001 and <= OrderRate.HighestPerSecond ? new OrderRate(next) : null;
    }
}
