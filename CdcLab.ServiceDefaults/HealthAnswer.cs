using CdcLab.Model.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CdcLab.ServiceDefaults;

/// <summary>The body of <c>/health</c>.</summary>
internal static class HealthAnswer
{
    /// <summary>Writes a report as JSON.</summary>
    public static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            Status = report.Status,
            Parts = report.Entries.ToDictionary(e => e.Key, e => new { e.Value.Status, Description = e.Value.Description ?? e.Value.Exception?.Message, e.Value.Data }),
        },
        LabJson.Options,
        context.RequestAborted);
}
