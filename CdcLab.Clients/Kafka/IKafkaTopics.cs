using Confluent.Kafka;

namespace CdcLab.Clients.Kafka;

/// <summary>Finds and makes topics.</summary>
public interface IKafkaTopics
{
    /// <summary>Which topic has a name now.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its id, which a topic that is deleted and made again does not keep, and the number of its partitions; null where there is no such topic.</returns>
    /// <exception cref="KafkaException">No one answers.</exception>
    Task<(string Id, int Partitions)?> TopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Makes a topic, unless there is one of this name.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="partitions">Its partitions.</param>
    /// <param name="replicationFactor">Copies of each.</param>
    /// <param name="settings">Its own settings.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was made now.</returns>
    /// <exception cref="KafkaException">No one answers, or the topic cannot be made, e.g. with too few brokers.</exception>
    Task<bool> CreateTopicAsync(string topic, int partitions, int replicationFactor, IReadOnlyDictionary<string, string> settings, TimeSpan timeout, CancellationToken cancellationToken);
}
