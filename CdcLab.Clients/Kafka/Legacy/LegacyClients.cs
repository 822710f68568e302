using System.Net.Sockets;
using CdcLab.Clients.ZooKeeper;
using Confluent.Kafka;

namespace CdcLab.Clients.Kafka.Legacy;

/// <summary>What clients must know of Kafka 0.9.0.1: it answers no question about itself.</summary>
public static class LegacyClients
{
    public const string Version = "0.9.0.1";

    /// <summary>librdkafka's settings that every client of it needs (librdkafka, <c>INTRODUCTION.md</c>, "Broker version compatibility").</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        // Asked for its version, a Kafka before 0.10 closes the connection.
        ["api.version.request"] = "false",
        ["broker.version.fallback"] = Version,

        // Without idempotence, a second request that overtakes a first one that is sent again changes the order.
        ["max.in.flight.requests.per.connection"] = "1",
    };
}

/// <summary>Topics where the cluster has no admin API: found in ZooKeeper's nodes, and made by nobody but the AppHost.</summary>
public sealed class ZooKeeperTopics(int port) : IKafkaTopics
{
    // A topic cannot be deleted there (delete.topic.enable is off before 1.0), so none of the same name ever follows another.
    private const string OnlyId = "the only one";

    public async Task<(string Id, int Partitions)?> TopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(timeout);
        try
        {
            await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync("127.0.0.1", port, end.Token);
            return (await session.ReadAsync([$"/brokers/topics/{topic}"], end.Token))[0] is { } node ? (OnlyId, KafkaNodes.Assignment(node)?.Count ?? 0) : null;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "ZooKeeper did not answer in time"), e);
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException or ZooKeeperException)
        {
            throw new KafkaException(new Error(ErrorCode.Local_Fail, $"ZooKeeper did not answer: {e.Message}"), e);
        }
    }

    public Task<bool> CreateTopicAsync(KafkaTopic topic, TimeSpan timeout, CancellationToken cancellationToken) => throw new KafkaException(new Error(
        ErrorCode.UnsupportedVersion, $"a legacy Kafka has no admin API; the AppHost makes {topic.Name} when ZooKeeper starts: restart zookeeper"));
}
