using CdcLab.OrderSimulator.Trading;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CdcLab.OrderSimulator.Api;

/// <summary>Healthy while the market trades, degraded (still 200) while it waits for MySQL, unhealthy when it cannot go on.</summary>
/// <param name="market">The market.</param>
/// <param name="reachability">Whether MySQL answers.</param>
internal sealed class MarketHealth(MarketService market, Reachability reachability) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        (bool? answers, DateTimeOffset? since) = reachability.State;
        Dictionary<string, object> data = new(StringComparer.Ordinal) { ["mySqlAnswers"] = answers == true };
        if (since is not null)
            data["mySqlSince"] = since;
        return Task.FromResult(!market.Lives
            ? HealthCheckResult.Unhealthy("The market does not live.", data: data)
            : answers == true
                ? HealthCheckResult.Healthy("The market lives, MySQL answers.", data)
                : HealthCheckResult.Degraded("The market lives and waits for MySQL.", data: data));
    }
}
