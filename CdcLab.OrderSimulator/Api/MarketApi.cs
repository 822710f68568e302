using System.Text.Json;
using CdcLab.OrderSimulator.Trading;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CdcLab.OrderSimulator.Api;

/// <summary>The simulator's API: the market's state and its rate. Changes need the lab's token.</summary>
internal sealed class MarketApi(SimulatorSettings settings, WorkSource source, MarketFigures figures, Reachability reachability, ILogger<MarketApi> log)
{
    public void Map(IEndpointRouteBuilder app)
    {
        RouteGroupBuilder market = app.MapGroup("/v1/market");
        market.MapGet("", State);
        RouteGroupBuilder changes = market.MapGroup("").RequireLabToken(settings.Token);
        changes.MapPost("/pause", () => SetPaused(true));
        changes.MapPost("/resume", () => source.Pace.Rate.IsPaused
            ? Results.Problem("The rate is 0: set another one with POST /v1/market/rate.", statusCode: StatusCodes.Status409Conflict)
            : SetPaused(false));
        changes.MapPost("/rate", SetRateAsync);
    }

    private IResult SetPaused(bool paused)
    {
        source.SetPaused(paused);
        return Changed();
    }

    private async Task<IResult> SetRateAsync(HttpRequest request)
    {
        if (await ReadRateAsync(request) is not { } rate)
        {
            return Results.Problem(
                $$"""The body must be {"ordersPerSecond": "20"}: 0, a number up to {{OrderRate.HighestPerSecond}}, or max.""",
                statusCode: StatusCodes.Status400BadRequest);
        }

        source.SetRate(rate);
        return Changed();
    }

    // The rate is a string, as the setting is written, or a number.
    private static async Task<OrderRate?> ReadRateAsync(HttpRequest request)
    {
        try
        {
            CancellationToken aborted = request.HttpContext.RequestAborted;
            Dictionary<string, JsonElement>? body = await JsonSerializer.DeserializeAsync<Dictionary<string, JsonElement>>(request.Body, cancellationToken: aborted);
            return OrderRate.TryParse(body?.GetValueOrDefault("ordersPerSecond").ToString(), out OrderRate rate) ? rate : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private IResult Changed()
    {
        (OrderRate rate, bool paused) = source.Pace;
        log.RateChanged(rate.ToString(), paused ? "paused" : "trading");
        return State();
    }

    private IResult State()
    {
        (OrderRate rate, bool paused) = source.Pace;
        MySqlState mysql = reachability.State;
        MarketState state = new()
        {
            Pid = Environment.ProcessId,
            StartedAt = settings.StartedAt,
            Seed = settings.Seed,
            OrdersPerSecond = rate.ToString(),
            Paused = paused,
            Orders = figures.Orders.Value,
            Executions = figures.Executions.Value,
            Filled = figures.Filled.Value,
            Cancelled = figures.Cancelled.Value,
            Purged = figures.Purged.Value,
            Retries = figures.Retries.Value,
            FoundCommitted = figures.FoundCommitted.Value,
            Refused = figures.Refused.Value,
            Resumed = figures.Resumed.Value,
            Open = source.Open,
            Commit = figures.Commit.Read(),
            LastCommitAt = figures.LastCommitAt,
            CommittingSince = figures.CommittingSince,
            MySqlAnswers = mysql.Answers,
            MySqlSince = mysql.Since,
            MySqlError = mysql.Error,
        };
        return Results.Json(state, LabJson.Options);
    }
}

/// <summary>Healthy while the market trades, degraded (still 200) while it waits for MySQL or is refused by it, unhealthy when it has stopped.</summary>
internal sealed class MarketHealth(MarketService market, Reachability reachability) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        MySqlState mysql = reachability.State;
        bool answers = mysql.Answers == true;
        Dictionary<string, object> data = new(StringComparer.Ordinal) { ["mySqlAnswers"] = answers };
        return Task.FromResult(
            !market.IsRunning ? HealthCheckResult.Unhealthy("The market is not running.", data: data)
            : mysql.Error?.Number is not null ? HealthCheckResult.Degraded($"The market is running and MySQL refuses: {mysql.Error}.", data: data)
            : answers ? HealthCheckResult.Healthy("The market is running and MySQL answers.", data)
            : HealthCheckResult.Degraded("The market is running and waits for MySQL.", data: data));
    }
}
