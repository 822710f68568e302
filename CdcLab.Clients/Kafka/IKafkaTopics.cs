using Confluent.Kafka;

namespace CdcLab.Clients.Kafka;

/// <summary>Finds and makes topics.</summary>
public interface IKafkaTopics
{
    /// <summary>The topic's id, which one that is deleted and made again does not keep, and its number of partitions; null where there is none.</summary>
    /// <exception cref="KafkaException">No one answers.</exception>
    Task<(string Id, int Partitions)?> TopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Makes a topic, unless there is one of this name; tells whether it was made now.</summary>
    /// <exception cref="KafkaException">No one answers, or the topic cannot be made, e.g. with too few brokers.</exception>
    Task<bool> CreateTopicAsync(KafkaTopic topic, TimeSpan timeout, CancellationToken cancellationToken);
}
