using CdcLab.Clients.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Whether all brokers are in the cluster and every partition has all its copies in sync.</summary>
/// <remarks>One admin client for the life of the application: a client for each question leaks threads (microsoft/aspire#20091).</remarks>
internal sealed class KafkaClusterHealthCheck(KafkaClusterResource cluster) : IHealthCheck, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _one = new(1);
    private KafkaAdmin? _admin;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            _admin ??= new(await cluster.ConnectionStringExpression.GetValueAsync(cancellationToken) ?? throw new InvalidOperationException("The brokers have no addresses yet."));
            return Judge(await _admin.ClusterAsync(Limit, cancellationToken), context);
        }
        catch (KafkaException silent)
        {
            return new(context.Registration.FailureStatus, $"No broker answers: {silent.Error.Reason}");
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _admin?.Dispose();
        _one.Dispose();
    }

    private HealthCheckResult Judge(ClusterMetadata found, HealthCheckContext context)
    {
        string[] missing = [.. cluster.Brokers.Where(b => !found.BrokerIds.Contains(b.Id)).Select(b => b.Name)];
        if (missing.Length > 0)
            return new(context.Registration.FailureStatus, $"{cluster.Brokers.Count - missing.Length} of {cluster.Brokers.Count} brokers are in the cluster; missing: {string.Join(", ", missing)}.");
        return found.UnderReplicated.Count > 0
            ? new(context.Registration.FailureStatus, $"All {cluster.Brokers.Count} brokers are in the cluster; {found.UnderReplicated.Count} of {found.Partitions} partitions lack a copy in sync, first {found.UnderReplicated[0]}.")
            : HealthCheckResult.Healthy($"All {cluster.Brokers.Count} brokers are in the cluster, and all {found.Partitions} partitions have all their copies in sync.");
    }
}
