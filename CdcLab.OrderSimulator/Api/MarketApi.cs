using System.Text.Json;
using CdcLab.OrderSimulator.Trading;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CdcLab.OrderSimulator.Api;

/// <summary>The simulator's API: the market's state and its rate. Changes need the lab's token.</summary>
internal static class MarketApi
{
    public static void Map(IEndpointRouteBuilder app, string token)
    {
        RouteGroupBuilder market = app.MapGroup("/v1/market");
        market.MapGet("", (MarketView view) => State(view));
        RouteGroupBuilder changes = market.MapGroup("").RequireLabToken(token);
        changes.MapPost("/pause", (MarketView view, WorkSource source, ILogger<WorkSource> log) => SetPaused(true, view, source, log));
        changes.MapPost("/resume", (MarketView view, WorkSource source, ILogger<WorkSource> log) => SetPaused(false, view, source, log));
        changes.MapPost("/rate", SetRateAsync);
    }

    private static IResult SetPaused(bool paused, MarketView view, WorkSource source, ILogger log)
    {
        if (!paused && source.Pace.Rate.IsPaused)
            return Results.Problem("The rate is 0: set another one with POST /v1/market/rate.", statusCode: StatusCodes.Status409Conflict);
        source.SetPaused(paused);
        LogPace(source, log);
        return State(view);
    }

    private static async Task<IResult> SetRateAsync(HttpRequest request, MarketView view, WorkSource source, ILogger<WorkSource> log)
    {
        if (await ReadRateAsync(request) is not { } rate)
        {
            return Results.Problem(
                $$"""The body must be {"ordersPerSecond": "20"}: 0, a number up to {{OrderRate.HighestPerSecond}}, or max.""",
                statusCode: StatusCodes.Status400BadRequest);
        }

        source.SetRate(rate);
        LogPace(source, log);
        return State(view);
    }

    // The rate is a string, as the setting is written, or a number.
    private static async Task<OrderRate?> ReadRateAsync(HttpRequest request)
    {
        try
        {
            using JsonDocument body = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            if (body.RootElement.ValueKind != JsonValueKind.Object || !body.RootElement.TryGetProperty("ordersPerSecond", out JsonElement value))
                return null;
            string? text = value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            };
            return OrderRate.TryParse(text, out OrderRate rate) ? rate : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void LogPace(WorkSource source, ILogger log)
    {
        (OrderRate rate, bool paused) = source.Pace;
        log.RateChanged(rate.ToString(), paused ? "paused" : "trading");
    }

    private static IResult State(MarketView view) => Results.Json(view.State(), LabJson.Options);
}

/// <summary>The market's state as the API shows it.</summary>
internal sealed class MarketView(MarketSettings settings, WorkSource source, MarketFigures figures, Reachability reachability)
{
    public MarketState State()
    {
        (OrderRate rate, bool paused) = source.Pace;
        (bool? answers, DateTimeOffset? since) = reachability.State;
        return new()
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
            MySqlAnswers = answers,
            MySqlSince = since,
        };
    }
}

/// <summary>Healthy while the market trades, degraded (still 200) while it waits for MySQL, unhealthy when it has stopped.</summary>
internal sealed class MarketHealth(MarketService market, Reachability reachability) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        (bool? answers, DateTimeOffset? since) = reachability.State;
        Dictionary<string, object> data = new(StringComparer.Ordinal) { ["mySqlAnswers"] = answers == true };
        if (since is not null)
            data["mySqlSince"] = since;
        return Task.FromResult(!market.IsRunning
            ? HealthCheckResult.Unhealthy("The market is not running.", data: data)
            : answers == true
                ? HealthCheckResult.Healthy("The market is running and MySQL answers.", data)
                : HealthCheckResult.Degraded("The market is running and waits for MySQL.", data: data));
    }
}
