using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CdcLab.Verifier.Api;

/// <summary>The verifier runs; its process id goes with the answer. What it finds is no part of its own health.</summary>
internal sealed class VerifierHealthCheck : IHealthCheck
{
    private static readonly Dictionary<string, object> Data = new(StringComparer.Ordinal) { ["pid"] = Environment.ProcessId };

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy("The verifier looks.", Data));
}
