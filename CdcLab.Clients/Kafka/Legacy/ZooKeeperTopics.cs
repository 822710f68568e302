using System.Net.Sockets;
using CdcLab.Clients.ZooKeeper;
using Confluent.Kafka;

namespace CdcLab.Clients.Kafka.Legacy;

/// <summary>Topics where the cluster has no admin API: found in ZooKeeper's nodes, and made by nobody but the host.</summary>
/// <param name="port">ZooKeeper's port on this machine.</param>
public sealed class ZooKeeperTopics(int port) : IKafkaTopics
{
    // A topic cannot be deleted there (delete.topic.enable is off before 1.0), so none of the same name ever follows another.
    private const string OnlyId = "the only one";

    /// <inheritdoc/>
    public async Task<(string Id, int Partitions)?> TopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(timeout);
        try
        {
            await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync("127.0.0.1", port, end.Token);
            return (await session.ReadAsync([$"/brokers/topics/{topic}"], end.Token))[0] is { } node ? (OnlyId, KafkaNodes.Assignment(node).Count) : null;
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

    /// <inheritdoc/>
    public Task<bool> CreateTopicAsync(string topic, int partitions, int replicationFactor, IReadOnlyDictionary<string, string> settings, TimeSpan timeout, CancellationToken cancellationToken) =>
        throw new KafkaException(new Error(ErrorCode.UnsupportedVersion, $"a legacy Kafka has no admin API; the AppHost makes {topic} when ZooKeeper starts: restart zookeeper"));
}
