using CdcLab.Model.Live;
using CdcLab.ServiceDefaults;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Report;

namespace CdcLab.Verifier.Api;

/// <summary>The verifier's API: whoever reaches it may read; looking now needs the token.</summary>
internal static class VerifierApi
{
    public static void Map(IEndpointRouteBuilder app, string token)
    {
        app.MapGet("/v1/report", (Reporter reporter) => Json(reporter));
        app.MapGet("/v1/report.md", (Reporter reporter) => Results.Text(MarkdownReport.Write(reporter.Facts()), "text/markdown; charset=utf-8"));
        app.MapPost("/v1/verify", async (CheckRunner runner, Reporter reporter, CancellationToken cancellationToken) =>
        {
            await runner.LookAsync(cancellationToken);
            return Json(reporter);
        }).RequireLabToken(token);
    }

    private static IResult Json(Reporter reporter) => Results.Json(reporter.Facts().ToReport(), LabJson.Options);
}
