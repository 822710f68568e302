using CdcLab.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace CdcLab.ServiceDefaults;

/// <summary>What every service of the lab has: telemetry, health, one form of log, problem documents, and the end of its life with the host's.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds the defaults.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="name">The service's name in telemetry, e.g. <c>order-simulator</c>.</param>
    /// <param name="sources">Its activity sources and meters, beyond those of ASP.NET Core, HTTP, MySqlConnector and the runtime.</param>
    /// <returns>The builder.</returns>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder, string name, params string[] sources)
    {
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        // Kestrel and the host tell every start and request; what a person wants to read are the service's own lines.
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        // It would write a line for each question about a service that waits; the answer says the same to who asked.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        builder.Logging.AddConsole(console => console.FormatterName = OneLineFormatter.FormatterName);
        builder.Logging.AddConsoleFormatter<OneLineFormatter, ConsoleFormatterOptions>();

        // First of the hosted services: it is the last to stop, and what the others say at their end is still sent.
        if (LabTelemetry.IsWanted(builder))
            LabTelemetry.Add(builder, name, sources);
        builder.Services.AddHealthChecks();
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<ParentWatch>();
        return builder;
    }

    /// <summary>Maps <c>GET /health</c>: 200 while the service can do its work, else 503; the body says what each part of it is like.</summary>
    /// <param name="app">The service.</param>
    /// <returns>The service.</returns>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = HealthAnswer.WriteAsync });
        return app;
    }
}
