namespace CdcLab.Verifier.Api;

/// <summary>The verifier's API: the report for everybody; what changes or costs something for the AppHost, which has the token.</summary>
internal static class VerifierApi
{
    public static void Map(IEndpointRouteBuilder app, string token)
    {
        app.MapGet("/v1/report", (Reporter reporter) => Results.Json(reporter.Report(), LabJson.Options));
        app.MapPost("/v1/look", async (CheckRunner runner, Reporter reporter, CancellationToken cancellationToken) =>
        {
            await runner.LookAsync(cancellationToken);
            return Results.Json(reporter.Report(), LabJson.Options);
        }).RequireLabToken(token);
        app.MapPost("/v1/figures", async (HttpRequest request, FiguresStore figures, CancellationToken cancellationToken) =>
        {
            if (await request.ReadFromJsonAsync<LabFigures>(LabJson.Options, cancellationToken) is not { } sent)
                return Results.BadRequest();
            figures.Take(sent);
            return Results.NoContent();
        }).RequireLabToken(token);
    }
}
