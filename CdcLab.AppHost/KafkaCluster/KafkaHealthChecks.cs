using System.Net.Sockets;
using CdcLab.Clients.Kafka;
using CdcLab.Clients.ZooKeeper;

namespace Aspire.Hosting;

/// <summary>A health check of a server that is asked over TCP, with a limit: a paused server accepts connections and never answers.</summary>
internal sealed class TcpHealthCheck(string name, Func<CancellationToken, Task<HealthCheckResult>> askAsync) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Whether ZooKeeper answers the four-letter word <c>srvr</c>, the only one that its image answers unasked.</summary>
    public static TcpHealthCheck ZooKeeper(int port) => new("ZooKeeper", async stop =>
        HealthCheckResult.Healthy($"ZooKeeper {FourLetterWords.Version(await FourLetterWords.AskAsync(ServerRuntime.Loopback, port, "srvr", stop))}"));

    /// <summary>Whether one broker answers a request for metadata on its own listener, which it does as a member of its cluster only.</summary>
    public static TcpHealthCheck Broker(BrokerAddresses broker) => new(broker.Name, async stop =>
    {
        await BrokerPing.AskAsync(ServerRuntime.Loopback, KafkaProcess.Port(broker.External), stop);
        return HealthCheckResult.Healthy($"{broker.Name} answers on {broker.External}.");
    });

    /// <summary>Whether all brokers are in the cluster and every partition has all its copies in sync. Read from ZooKeeper, the witness that is independent of the brokers.</summary>
    public static TcpHealthCheck Cluster(KafkaClusterResource cluster, IZooKeeper zooKeeper) => new("ZooKeeper", async stop =>
    {
        ClusterState state = await ClusterReader.ReadAsync(ServerRuntime.Loopback, zooKeeper.Port, stop);
        string[] missing = [.. cluster.Brokers.Where(b => state.Brokers.All(r => r.Id != b.Addresses.Id)).Select(b => b.Name)];
        if (missing.Length > 0)
            return HealthCheckResult.Unhealthy($"{cluster.Brokers.Count - missing.Length} of {cluster.Brokers.Count} brokers are in the cluster; missing: {string.Join(", ", missing)}.");
        PartitionState[] lacking = [.. state.Partitions.Where(p => p.IsUnderReplicated)];
        return lacking.Length > 0
            ? HealthCheckResult.Unhealthy($"All {cluster.Brokers.Count} brokers are in the cluster; {lacking.Length} of {state.Partitions.Count} partitions lack a copy in sync, first {lacking[0].Name}.")
            : HealthCheckResult.Healthy($"All {cluster.Brokers.Count} brokers are in the cluster, and all {state.Partitions.Count} partitions have all their copies in sync.");
    });

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await askAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{name} does not answer within {Limit.TotalSeconds:0} s.");
        }
        catch (Exception silent) when (silent is SocketException or IOException or InvalidDataException or ZooKeeperException)
        {
            return HealthCheckResult.Unhealthy($"{name} does not answer: {silent.Message}");
        }
    }
}
