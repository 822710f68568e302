using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>Sends what is left when the service ends, all signals side by side and within <see cref="Limit"/>: by default each gets five seconds of its own, and a
/// dashboard that is gone already would hold the service up for all of them. Registered first, so it is stopped last.</summary>
/// <param name="services">The providers; asked for at the end, when all of them are there.</param>
internal sealed class TelemetryEnd(IServiceProvider services) : IHostedService
{
    /// <summary>How long the last sending may take.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        int limit = (int)Limit.TotalMilliseconds;
        TracerProvider? traces = services.GetService<TracerProvider>();
        MeterProvider? metrics = services.GetService<MeterProvider>();
        LoggerProvider? logs = services.GetService<LoggerProvider>();
        return Task.WhenAll(
            Task.Run(() => traces?.Shutdown(limit), CancellationToken.None),
            Task.Run(() => metrics?.Shutdown(limit), CancellationToken.None),
            Task.Run(() => logs?.Shutdown(limit), CancellationToken.None));
    }
}
