namespace CdcLab.Clients.Market;

/// <summary>The body of <c>POST /v1/market/rate</c>.</summary>
/// <param name="OrdersPerSecond">As the setting is written: <c>0</c>, <c>20</c>, <c>0.5</c>, <c>max</c>.</param>
public sealed record MarketRateRequest(string OrdersPerSecond);
