using System.Net.Sockets;
using CdcLab.Clients.ZooKeeper;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Whether ZooKeeper answers the four-letter word <c>srvr</c>, the only one that its image answers unasked.</summary>
internal sealed class ZooKeeperHealthCheck(KafkaZooKeeperResource zooKeeper) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            string answer = await FourLetterWords.AskAsync(zooKeeper.ClientEndpoint.Host, zooKeeper.ClientEndpoint.Port, "srvr", limit.Token);
            return HealthCheckResult.Healthy($"ZooKeeper {FourLetterWords.Version(answer)}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(context.Registration.FailureStatus, $"{zooKeeper.Name} does not answer within {Limit.TotalSeconds:0} s.");
        }
        catch (Exception silent) when (silent is SocketException or IOException or InvalidDataException)
        {
            return new(context.Registration.FailureStatus, $"{zooKeeper.Name} does not answer: {silent.Message}");
        }
    }
}
