using System.Text.Json;
using CdcLab.Model.Reports;
using CdcLab.Model.Options;
using CdcLab.OrderSimulator.Trading;
using CdcLab.ServiceDefaults;

namespace CdcLab.OrderSimulator.Api;

/// <summary>The simulator's API: what the market does, and its pace.</summary>
internal static class MarketApi
{
    /// <summary>Maps the API.</summary>
    /// <param name="app">The service.</param>
    /// <param name="token">The lab's token; whatever changes something needs it.</param>
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
            return Results.Problem("The rate is 0: set another one by POST /v1/market/rate.", statusCode: StatusCodes.Status409Conflict);
        source.SetPaused(paused);
        Told(source, log);
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
        Told(source, log);
        return State(view);
    }

    // The rate as a text, as the setting is written, or as a bare number.
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

    private static void Told(WorkSource source, ILogger log)
    {
        (OrderRate rate, bool paused) = source.Pace;
        log.RateIs(rate.ToString(), paused ? "paused" : "trading");
    }

    private static IResult State(MarketView view) => Results.Json(view.State(), LabJson.Options);
}
