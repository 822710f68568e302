using CdcLab.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace CdcLab.ServiceDefaults;

/// <summary>What every service of the lab has: telemetry, health, one line of log for each event, and problem documents.</summary>
public static class ServiceDefaultsExtensions
{
    /// <param name="name">The service's name in telemetry, e.g. <c>order-simulator</c>.</param>
    /// <param name="sources">Its activity sources and meters, beyond those of ASP.NET Core, HTTP, MySqlConnector and the runtime.</param>
    public static void AddServiceDefaults(this IHostApplicationBuilder builder, string name, params string[] sources)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        // People want to read the service's own lines, not Kestrel's.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        // It would log a line for each request while the service is degraded; the response says the same.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddConsole(console => console.FormatterName = OneLineFormatter.FormatterName);
        builder.Logging.AddConsoleFormatter<OneLineFormatter, ConsoleFormatterOptions>();

        // The first of the hosted services is the last to stop: what the others log while they stop is still exported.
        LabTelemetry.Add(builder, name, sources);
        builder.Services.AddHealthChecks();
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton(TimeProvider.System);
    }

    /// <summary>Maps <c>GET /health</c>: 200 while the service works or is degraded, else 503; the body has the status of each part.</summary>
    public static void MapDefaultEndpoints(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteHealthAsync });
    }

    private static Task WriteHealthAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            report.Status,
            Parts = report.Entries.ToDictionary(e => e.Key, e => new { e.Value.Status, Description = e.Value.Description ?? e.Value.Exception?.Message, e.Value.Data }),
        },
        LabJson.Options,
        context.RequestAborted);
}
