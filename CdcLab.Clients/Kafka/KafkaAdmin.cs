using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CdcLab.Clients.Kafka;

public interface IKafkaTopics
{
    /// <summary>The topic's id, which one that is deleted and made again does not keep, and its number of partitions; null where there is none.</summary>
    /// <exception cref="KafkaException">No one answers.</exception>
    Task<(string Id, int Partitions)?> TopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Makes a topic, unless there is one of this name; tells whether it was made now.</summary>
    /// <exception cref="KafkaException">No one answers, or the topic cannot be made, e.g. with too few brokers.</exception>
    Task<bool> CreateTopicAsync(KafkaTopic topic, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <summary>What the lab asks of the cluster's admin API. One for the process: a client for each question leaks threads.</summary>
public sealed class KafkaAdmin : IKafkaTopics, IDisposable
{
    private static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ControllerRetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly Lock _renewing = new();
    private readonly Func<IAdminClient> _make;
    private IAdminClient _client;
    private IAdminClient? _retired;
    private long _renewed = Stopwatch.GetTimestamp();

    /// <summary>Makes the client; it connects by itself, and again whenever brokers come back.</summary>
    public KafkaAdmin(string bootstrap, IReadOnlyDictionary<string, string> needed)
    {
        _make = () => new AdminClientBuilder(KafkaClientSettings.Admin(bootstrap, needed))
            .SetLogHandler(static (_, _) => { }) // a line for each try to reconnect; the checks tell the story once
            .SetErrorHandler(static (_, _) => { })
            .Build();
        _client = _make();
    }

    /// <summary>The settings with which one broker runs now, by name, with their sources; a secret has no value.</summary>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, ConfigEntryResult>> BrokerSettingsAsync(int brokerId, TimeSpan timeout, CancellationToken cancellationToken) =>
        (await DescribeAsync(ResourceType.Broker, [brokerId.ToString()], timeout, cancellationToken)).Values.Single();

    /// <summary>The settings that apply to topics now, their own or the broker's, by topic. A topic that is gone is left out.</summary>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, ConfigEntryResult>>> TopicSettingsAsync(
        IReadOnlyCollection<string> topics, TimeSpan timeout, CancellationToken cancellationToken) =>
        topics.Count == 0 ? [] : await DescribeAsync(ResourceType.Topic, topics, timeout, cancellationToken);

    public async Task<bool> CreateTopicAsync(KafkaTopic topic, TimeSpan timeout, CancellationToken cancellationToken)
    {
        TopicSpecification specification = new()
        {
            Name = topic.Name,
            NumPartitions = topic.Partitions,
            ReplicationFactor = (short)topic.ReplicationFactor,
            Configs = new(topic.Settings, StringComparer.Ordinal),
        };
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await _client.CreateTopicsAsync([specification], new() { RequestTimeout = timeout, OperationTimeout = timeout }).WaitAsync(cancellationToken);
                return true;
            }
            catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code == ErrorCode.TopicAlreadyExists))
            {
                return false;
            }
            catch (CreateTopicsException e) when (e.Results.All(r => r.Error.Code == ErrorCode.NotController) && Stopwatch.GetElapsedTime(began) < timeout)
            {
                // Another broker has become the controller, and not all know it yet. Java's admin client asks anew by itself, librdkafka does not.
                await Task.Delay(ControllerRetryDelay, cancellationToken);
                await Task.Run(() => _client.GetMetadata(timeout), cancellationToken);
            }
        }
    }

    public async Task<(string Id, int Partitions)?> TopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            TopicCollection asked = TopicCollection.OfTopicNames([topic]);
            DescribeTopicsResult result = await _client.DescribeTopicsAsync(asked, new() { RequestTimeout = timeout }).WaitAsync(cancellationToken);
            TopicDescription found = result.TopicDescriptions[0];
            return (found.TopicId.ToString(), found.Partitions.Count);
        }
        catch (DescribeTopicsException e) when (e.Results.TopicDescriptions.All(t => t.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return null;
        }
    }

    /// <summary>Deletes a topic; nothing happens where there is none.</summary>
    /// <exception cref="KafkaException">No one answers.</exception>
    public async Task DeleteTopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await _client.DeleteTopicsAsync([topic], new() { RequestTimeout = timeout, OperationTimeout = timeout }).WaitAsync(cancellationToken);
        }
        catch (DeleteTopicsException e) when (e.Results.All(r => r.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            // Gone already.
        }
    }

    /// <summary>Sets settings of one running broker, of which null takes one back to what it was started with.</summary>
    /// <exception cref="KafkaException">The broker does not answer, or refuses.</exception>
    public Task SetBrokerSettingsAsync(int brokerId, IReadOnlyDictionary<string, string?> settings, TimeSpan timeout, CancellationToken cancellationToken) =>
        _client.IncrementalAlterConfigsAsync(
            new()
            {
                [new() { Type = ResourceType.Broker, Name = brokerId.ToString() }] =
                    [.. settings.Select(s => new ConfigEntry { Name = s.Key, Value = s.Value, IncrementalOperation = s.Value is null ? AlterConfigOpType.Delete : AlterConfigOpType.Set })],
            },
            new() { RequestTimeout = timeout }).WaitAsync(cancellationToken);

    public void Dispose()
    {
        _retired?.Dispose();
        _client.Dispose();
    }

    private async Task<Dictionary<string, IReadOnlyDictionary<string, ConfigEntryResult>>> DescribeAsync(
        ResourceType type, IEnumerable<string> names, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            IEnumerable<ConfigResource> resources = names.Select(n => new ConfigResource { Type = type, Name = n });
            return (await _client.DescribeConfigsAsync(resources, new() { RequestTimeout = timeout }).WaitAsync(cancellationToken))
                .ToDictionary(r => r.ConfigResource.Name, IReadOnlyDictionary<string, ConfigEntryResult> (r) => r.Entries);
        }
        catch (DescribeConfigsException e) when (e.Results.All(r => !r.Error.IsError || r.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return e.Results.Where(r => !r.Error.IsError).ToDictionary(r => r.ConfigResource.Name, IReadOnlyDictionary<string, ConfigEntryResult> (r) => r.Entries);
        }
        catch (KafkaException)
        {
            Renew();
            throw;
        }
    }

    // Seen with librdkafka 2.16: asked for a broker that has been gone for minutes, a client goes on timing out after the broker is back.
    private void Renew()
    {
        lock (_renewing)
        {
            if (Stopwatch.GetElapsedTime(_renewed) < RenewalPause)
                return;
            _renewed = Stopwatch.GetTimestamp();

            // Others may still wait for the client of now; the one before it has had its ten seconds.
            _retired?.Dispose();
            _retired = _client;
            _client = _make();
        }
    }
}
