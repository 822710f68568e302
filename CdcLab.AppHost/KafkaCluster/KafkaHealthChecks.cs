using System.Net.Sockets;
using CdcLab.Clients.Kafka;
using CdcLab.Clients.ZooKeeper;

namespace Aspire.Hosting;

/// <summary>A health check of a server that is asked over TCP, with a limit: a paused server accepts connections and never answers.</summary>
internal abstract class TcpHealthCheck(string name) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await AskAsync(context.Registration.FailureStatus, limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(context.Registration.FailureStatus, $"{name} does not answer within {Limit.TotalSeconds:0} s.");
        }
        catch (Exception silent) when (silent is SocketException or IOException or InvalidDataException or ZooKeeperException)
        {
            return new(context.Registration.FailureStatus, $"{name} does not answer: {silent.Message}");
        }
    }

    protected abstract Task<HealthCheckResult> AskAsync(HealthStatus failure, CancellationToken cancellationToken);
}

/// <summary>Whether ZooKeeper answers the four-letter word <c>srvr</c>, the only one that its image answers unasked.</summary>
internal sealed class ZooKeeperHealthCheck(int port) : TcpHealthCheck("ZooKeeper")
{
    protected override async Task<HealthCheckResult> AskAsync(HealthStatus failure, CancellationToken cancellationToken) =>
        HealthCheckResult.Healthy($"ZooKeeper {FourLetterWords.Version(await FourLetterWords.AskAsync("127.0.0.1", port, "srvr", cancellationToken))}");
}

/// <summary>Whether one broker answers a request for metadata on its own listener, which it does as a member of its cluster only.</summary>
internal sealed class KafkaBrokerHealthCheck(BrokerAddresses broker) : TcpHealthCheck(broker.Name)
{
    protected override async Task<HealthCheckResult> AskAsync(HealthStatus failure, CancellationToken cancellationToken)
    {
        await BrokerPing.AskAsync("127.0.0.1", KafkaProcess.Port(broker.External), cancellationToken);
        return HealthCheckResult.Healthy($"{broker.Name} answers on {broker.External}.");
    }
}

/// <summary>Whether all brokers are in the cluster and every partition has all its copies in sync. Read from ZooKeeper, the witness that is independent of the brokers.</summary>
internal sealed class KafkaClusterHealthCheck(KafkaClusterResource cluster, IZooKeeper zooKeeper) : TcpHealthCheck("ZooKeeper")
{
    protected override async Task<HealthCheckResult> AskAsync(HealthStatus failure, CancellationToken cancellationToken)
    {
        ClusterState state = await ClusterReader.ReadAsync("127.0.0.1", zooKeeper.Port, cancellationToken);
        string[] missing = [.. cluster.Brokers.Where(b => state.Brokers.All(r => r.Id != b.Addresses.Id)).Select(b => b.Name)];
        if (missing.Length > 0)
            return new(failure, $"{cluster.Brokers.Count - missing.Length} of {cluster.Brokers.Count} brokers are in the cluster; missing: {string.Join(", ", missing)}.");
        PartitionState[] lacking = [.. state.Partitions.Where(p => p.IsUnderReplicated)];
        return lacking.Length > 0
            ? new(failure, $"All {cluster.Brokers.Count} brokers are in the cluster; {lacking.Length} of {state.Partitions.Count} partitions lack a copy in sync, first {lacking[0].Name}.")
            : HealthCheckResult.Healthy($"All {cluster.Brokers.Count} brokers are in the cluster, and all {state.Partitions.Count} partitions have all their copies in sync.");
    }
}
