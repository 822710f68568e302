namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>Where the services send their logs, traces and metrics: OTLP over gRPC. It need not be there yet, and may go at any time.</summary>
/// <param name="Endpoint">Its address.</param>
/// <param name="Key">The key that it wants.</param>
internal sealed record TelemetryTarget(Uri Endpoint, string Key)
{
    // The exporters' own delays are 5 s for traces and logs and 60 s for metrics; somebody watches here.
    private const string Delay = "1000";

    /// <summary>The variables that OpenTelemetry's specification names.</summary>
    /// <param name="service">The name under which the service is shown.</param>
    public Dictionary<string, string> ToVariables(string service) => new(StringComparer.Ordinal)
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint.GetLeftPart(UriPartial.Authority),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={Key}",
        ["OTEL_SERVICE_NAME"] = service,
        ["OTEL_BSP_SCHEDULE_DELAY"] = Delay,
        ["OTEL_BLRP_SCHEDULE_DELAY"] = Delay,
        ["OTEL_METRIC_EXPORT_INTERVAL"] = Delay,
    };
}
