using CdcLab.AppHost.Aspire.Hosted;
using CdcLab.Model;
using CdcLab.Runtime.View;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CdcLab.AppHost.Aspire;

/// <summary>The verifier's verdicts as its own health: nothing waits for it, so a verdict holds nothing back.</summary>
internal static class VerdictChecks
{
    /// <summary>What the names of these checks begin with; the verifier's own probe is another.</summary>
    public const string Prefix = "verdicts-";

    /// <summary>Adds one check for each resource that there are verdicts on.</summary>
    /// <param name="verifier">The verifier.</param>
    /// <param name="model">The lab.</param>
    /// <returns>The verifier.</returns>
    public static IResourceBuilder<ProjectResource> WithVerdicts(this IResourceBuilder<ProjectResource> verifier, LabModel model)
    {
        foreach (string resource in model.Resources.Select(r => r.Name).Append(ResourceNames.Kafka))
        {
            string key = Prefix + resource;
            verifier.ApplicationBuilder.Services.AddHealthChecks().Add(new(key, services => new Check(resource, services.GetService<LiveDisplay>()), HealthStatus.Unhealthy, tags: null));
            verifier.WithHealthCheck(key);
        }

        return verifier;
    }

    /// <summary>What several verdicts are together: the worst of them, with those that are not ok in words.</summary>
    internal static HealthCheckResult Sum(IReadOnlyList<HealthReportView>? verdicts)
    {
        if (verdicts is null)
            return HealthCheckResult.Degraded("no verdicts yet: the verifier has not looked, or does not answer");
        HealthReportView[] bad = [.. verdicts.Where(v => v.Health != HealthView.Healthy).OrderBy(v => v.Health == HealthView.Degraded)];
        string ok = $"{verdicts.Count - bad.Length} of {verdicts.Count} ok";
        return bad switch
        {
            [] => HealthCheckResult.Healthy(ok),
            [{ Health: HealthView.Unhealthy }, ..] => HealthCheckResult.Unhealthy(Words(ok, bad)),
            _ => HealthCheckResult.Degraded(Words(ok, bad)),
        };
    }

    private static string Words(string ok, HealthReportView[] bad) => $"{ok}. {string.Join(" ", bad.Select(v => $"{v.Key}: {v.Description}"))}";

    private sealed class Check(string resource, LiveDisplay? display) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Sum(display?.Verdicts(resource)));
    }
}
