using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs of a service, sent by OTLP. Everything is bounded (queues of 2,048, traces by rate, series by number), so that a lab that is
/// left on does not grow, here or there; an export that fails is dropped without a word, because the dashboard is not what the lab is for.</summary>
internal static class LabTelemetry
{
    // The variables that the OTLP exporter itself reads; without an endpoint nothing is exported and nothing is collected.
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Timeout = "OTEL_EXPORTER_OTLP_TIMEOUT";
    private const string Conventions = "OTEL_SEMCONV_STABILITY_OPT_IN";

    // A dashboard keeps 10,000 traces: at this rate an hour and more of each kind.
    private const double TracesPerSecond = 1;

    // Each series is kept for as long as the service runs. The most that are honestly needed: some for each of a few dozen topics.
    private const int MostSeries = 200;

    /// <summary>Whether somebody wants telemetry.</summary>
    /// <param name="builder">The service's builder.</param>
    public static bool IsWanted(IHostApplicationBuilder builder) => !string.IsNullOrWhiteSpace(builder.Configuration[Endpoint]);

    /// <summary>Adds it.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="name">The service's name.</param>
    /// <param name="sources">Its activity sources and meters.</param>
    public static void Add(IHostApplicationBuilder builder, string name, string[] sources)
    {
        // Loopback answers in milliseconds or not at all. The default of 10 s would hold up what waits for an export.
        builder.Configuration[Timeout] ??= "1000";
        // MySqlConnector then speaks today's conventions for databases, by which a span's peer is found.
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Conventions)))
            Environment.SetEnvironmentVariable(Conventions, "database");

        builder.Services.AddHostedService<TelemetryEnd>();
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
                .AddView(static _ => new MetricStreamConfiguration { CardinalityLimit = MostSeries }))
            .WithTracing(traces => traces
                .SetSampler(new ParentBasedSampler(new RateLimitedSampler(TracesPerSecond, TimeProvider.System)))
                .AddAspNetCoreInstrumentation(options => options.Filter = IsWorthATrace)
                .AddHttpClientInstrumentation()
                .AddSource([.. sources, MySqlSpans.SourceName])
                .AddProcessor(new MySqlSpans()))
            .UseOtlpExporter();
    }

    // A host that asks every second how we are would fill the dashboard. What changes something is worth a trace, and what a caller traces.
    private static bool IsWorthATrace(HttpContext context) => !HttpMethods.IsGet(context.Request.Method) || context.Request.Headers.ContainsKey("traceparent");
}
