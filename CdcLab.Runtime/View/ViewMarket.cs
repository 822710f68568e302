using System.Globalization;
using CdcLab.Clients.Market;

namespace CdcLab.Runtime.View;

/// <summary>The market as properties of the simulator.</summary>
internal static class ViewMarket
{
    public static IEnumerable<PropertyView> Of(MarketState? market)
    {
        if (market is null)
            yield break;
        yield return new("market.state", "Market", market.Paused ? "paused" : $"{market.OrdersPerSecond} orders a second");
        yield return new("market.rate", "Rate", market.OrdersPerSecond) { IsHighlighted = false };
        yield return new("market.orders", "Orders", market.Orders.ToString("N0", CultureInfo.InvariantCulture));
        yield return new("market.executions", "Executions", market.Executions.ToString("N0", CultureInfo.InvariantCulture));
        if (market.MySqlAnswers == false)
            yield return new("market.mysql", "MySQL", "does not answer the simulator");
    }
}
