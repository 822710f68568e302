using CdcLab.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CdcLab.ServiceDefaults;

/// <summary>What every service of the lab has: telemetry, health, one line of log for each event, and problem documents.</summary>
public static class ServiceDefaultsExtensions
{
    // The dashboard keeps 10,000 traces: at this rate more than an hour of each kind.
    private static readonly TimeSpan TraceInterval = TimeSpan.FromSeconds(1);

    // A series is kept as long as the service runs. This is enough for several of each of a few dozen topics.
    private const int MaxSeries = 200;

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
        AddTelemetry(builder, name, sources);
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

    // Traces, metrics and logs, exported by OTLP. Everything is bounded (queues of 2,048 items, trace rate, number of series), so that memory stays constant in the
    // service and in the dashboard. An export that fails is dropped.
    private static void AddTelemetry(IHostApplicationBuilder builder, string name, string[] sources)
    {
        // Where nobody collects, nothing is made.
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        // Loopback answers in milliseconds or not at all; the default is 10 s.
        builder.Configuration["OTEL_EXPORTER_OTLP_TIMEOUT"] ??= "1000";
        // Makes MySqlConnector use the current conventions for databases, by which the dashboard finds a span's peer, and leave out connection string and user.
        Environment.SetEnvironmentVariable("OTEL_SEMCONV_STABILITY_OPT_IN", "database");

        builder.Services.AddHostedService<TelemetryShutdown>();
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(name, autoGenerateServiceInstanceId: false))
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter([.. sources, MySqlSpans.SourceName])
                .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = MaxSeries }))
            .WithTracing(traces => traces
                .SetSampler(new ParentBasedSampler(new RateLimitedSampler(TraceInterval, TimeProvider.System)))
                .AddAspNetCoreInstrumentation(options => options.Filter = IsTraced)
                .AddHttpClientInstrumentation()
                .AddSource([.. sources, MySqlSpans.SourceName])
                .AddProcessor(new MySqlSpans()))
            .UseOtlpExporter();
    }

    private static Task WriteHealthAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            report.Status,
            Parts = report.Entries.ToDictionary(e => e.Key, e => new { e.Value.Status, Description = e.Value.Description ?? e.Value.Exception?.Message, e.Value.Data }),
        },
        LabJson.Options,
        context.RequestAborted);

    // Health checks and state requests come every second: only changes, and what a caller already traces, are traced.
    private static bool IsTraced(HttpContext context) =>
        context.Request.Path != "/v1/figures" && (!HttpMethods.IsGet(context.Request.Method) || context.Request.Headers.ContainsKey("traceparent"));
}

/// <summary>Flushes all signals at the same time when the service stops. By default they are flushed one after the other, 5 s each, which would delay the end of
/// the service where the dashboard is gone already.</summary>
internal sealed class TelemetryShutdown(TracerProvider traces, MeterProvider metrics, LoggerProvider logs) : IHostedService
{
    private const int LimitMilliseconds = 1000;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => traces.Shutdown(LimitMilliseconds), CancellationToken.None),
        Task.Run(() => metrics.Shutdown(LimitMilliseconds), CancellationToken.None),
        Task.Run(() => logs.Shutdown(LimitMilliseconds), CancellationToken.None));
}
