using CdcLab.Clients.Market;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>A command on the market, which the order simulator carries out.</summary>
public abstract class MarketCommand : LabCommand
{
    /// <inheritdoc/>
    public override bool AppliesTo(LabModel model, string resource) => resource == ResourceNames.OrderSimulator;

    /// <inheritdoc/>
    public override CommandAvailability Availability(LabSnapshot lab, string resource)
    {
        ArgumentNullException.ThrowIfNull(lab);
        return lab.StateOf(lab.Model.OrderSimulator).State == RunState.Running && lab.Market is { } market ? Availability(market) : CommandAvailability.Disabled;
    }

    /// <inheritdoc/>
    public override async Task<CommandOutcome> ExecuteAsync(CommandCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using MarketClient market = new(call.Lab.Model.OrderSimulator.Port, call.Token);
        MarketState after = await AskAsync(market, cancellationToken);
        return CommandOutcome.Done(after.Paused ? "The market is paused: no new orders; those that are open come to their end." : $"The market trades at {Rate(after)}.");
    }

    /// <summary>Whether it makes sense now.</summary>
    /// <param name="market">What the market does.</param>
    /// <returns>Whether it does.</returns>
    protected abstract CommandAvailability Availability(MarketState market);

    /// <summary>Asks the simulator for it.</summary>
    /// <param name="market">The simulator.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the market does afterwards.</returns>
    protected abstract Task<MarketState> AskAsync(MarketClient market, CancellationToken cancellationToken);

    private static string Rate(MarketState market) => market.OrdersPerSecond == OrderRate.Max.ToString() ? "as many orders as it can" : $"{market.OrdersPerSecond} orders a second";
}
