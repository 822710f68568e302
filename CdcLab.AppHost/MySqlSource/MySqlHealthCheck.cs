using MySqlConnector;

namespace Aspire.Hosting;

/// <summary>Whether MySQL answers root's login, and its database, tables and users have been made ready since its start.</summary>
internal sealed partial class MySqlHealthCheck(MySqlProvisioning provisioning, ILogger log) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            string version = await provisioning.VersionAsync(cancellationToken);
            foreach (string line in await provisioning.EnsureAsync(cancellationToken))
                Changed(log, line);
            return HealthCheckResult.Healthy($"MySQL {version}; database, tables and users are ready.");
        }
        catch (MySqlException silent)
        {
            return new(context.Registration.FailureStatus, $"MySQL does not answer root's login: {silent.Message.Split('\n')[0]}");
        }
        catch (MySqlProvisioningException refused)
        {
            return new(context.Registration.FailureStatus, refused.Message);
        }
    }

    [LoggerMessage(10, LogLevel.Information, "{Line}")]
    private static partial void Changed(ILogger log, string line);
}
