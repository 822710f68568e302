using System.Net.Sockets;
using CdcLab.Clients.Kafka;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Whether one broker answers a request for metadata on its own listener, and knows its cluster.</summary>
internal sealed class KafkaBrokerHealthCheck(KafkaBrokerResource broker) : IHealthCheck
{
    // A paused broker accepts and never answers.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            await BrokerPing.AskAsync(broker.ExternalEndpoint.Host, broker.ExternalEndpoint.Port, limit.Token);
            return HealthCheckResult.Healthy();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(context.Registration.FailureStatus, $"{broker.Name} does not answer within {Limit.TotalSeconds:0} s.");
        }
        catch (Exception silent) when (silent is SocketException or IOException or InvalidDataException)
        {
            return new(context.Registration.FailureStatus, $"{broker.Name} does not answer: {silent.Message}");
        }
    }
}
