using System.Diagnostics;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CdcLab.Clients.Kafka;

/// <summary>What the lab asks of the cluster's admin API. One for the process: a client for each question leaks threads.</summary>
public sealed class KafkaAdmin : IKafkaTopics, IDisposable
{
    private static readonly TimeSpan RenewalPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ControllerRetryDelay = TimeSpan.FromMilliseconds(200);

    private readonly Lock _renewing = new();
    private readonly string _bootstrap;
    private readonly IReadOnlyDictionary<string, string> _needed;
    private IAdminClient _client;
    private IAdminClient? _retired;
    private bool _disposed;
    private long _renewed = Stopwatch.GetTimestamp();

    /// <summary>Makes the client; it connects by itself, and again whenever brokers come back.</summary>
    /// <param name="bootstrap">Bootstrap servers.</param>
    /// <param name="needed">What every client of this cluster needs.</param>
    public KafkaAdmin(string bootstrap, IReadOnlyDictionary<string, string>? needed = null)
    {
        _bootstrap = bootstrap;
        _needed = needed ?? new Dictionary<string, string>();
        _client = Make();
    }

    /// <summary>The brokers and partitions that the cluster tells its clients.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the cluster says.</returns>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public async Task<ClusterMetadata> ClusterAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        // librdkafka has this one call in a blocking form only.
        Metadata found = await Task.Run(() => _client.GetMetadata(timeout), cancellationToken).WaitAsync(cancellationToken);
        return new(
            found.Brokers.Select(b => b.BrokerId).ToHashSet(),
            found.Topics.Sum(t => t.Partitions.Count),
            [.. found.Topics.SelectMany(t => t.Partitions.Where(p => p.InSyncReplicas.Length < p.Replicas.Length).Select(p => $"{t.Topic}-{p.PartitionId}"))]);
    }

    /// <summary>The settings with which one broker runs now.</summary>
    /// <param name="brokerId">The broker's id.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Names and values; a secret has none and is left out.</returns>
    /// <exception cref="KafkaException">The broker does not answer.</exception>
    public async Task<IReadOnlyDictionary<string, string>> BrokerSettingsAsync(int brokerId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        IReadOnlyList<DescribeConfigsResult> results = await DescribeAsync([new() { Type = ResourceType.Broker, Name = brokerId.ToString() }], timeout, cancellationToken);
        return Values(results[0]);
    }

    /// <summary>The settings that apply to topics now, their own or the broker's default.</summary>
    /// <param name="topics">The topics.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Names and values by topic.</returns>
    /// <exception cref="KafkaException">No broker answers, or a topic is gone.</exception>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> TopicSettingsAsync(IReadOnlyCollection<string> topics, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (topics.Count == 0)
            return new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        IReadOnlyList<DescribeConfigsResult> results = await DescribeAsync([.. topics.Select(t => new ConfigResource { Type = ResourceType.Topic, Name = t })], timeout, cancellationToken);
        return results.ToDictionary(r => r.ConfigResource.Name, r => (IReadOnlyDictionary<string, string>)Values(r), StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public async Task<bool> CreateTopicAsync(string topic, int partitions, int replicationFactor, IReadOnlyDictionary<string, string> settings, TimeSpan timeout, CancellationToken cancellationToken)
    {
        TopicSpecification specification = new()
        {
            Name = topic,
            NumPartitions = partitions,
            ReplicationFactor = (short)replicationFactor,
            Configs = new(settings, StringComparer.Ordinal),
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

    /// <inheritdoc/>
    public async Task<(string Id, int Partitions)?> TopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            DescribeTopicsResult result = await _client.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]), new() { RequestTimeout = timeout }).WaitAsync(cancellationToken);
            TopicDescription found = result.TopicDescriptions[0];
            return (found.TopicId.ToString(), found.Partitions.Count);
        }
        catch (DescribeTopicsException e) when (e.Results.TopicDescriptions.All(t => t.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return null;
        }
    }

    /// <summary>Deletes a topic, unless there is none of this name.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="KafkaException">No broker answers.</exception>
    public async Task<bool> DeleteTopicAsync(string topic, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await _client.DeleteTopicsAsync([topic], new() { RequestTimeout = timeout, OperationTimeout = timeout }).WaitAsync(cancellationToken);
            return true;
        }
        catch (DeleteTopicsException e) when (e.Results.All(r => r.Error.Code == ErrorCode.UnknownTopicOrPart))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Whoever holds it as what finds topics may dispose of it too.
        if (_disposed)
            return;
        _disposed = true;
        _retired?.Dispose();
        _client.Dispose();
    }

    private IAdminClient Make() => new AdminClientBuilder(KafkaClientSettings.Admin(_bootstrap, _needed))
        .SetLogHandler(static (_, _) => { }) // a line for each try to reconnect; the checks tell the story once
        .SetErrorHandler(static (_, _) => { })
        .Build();

    private async Task<IReadOnlyList<DescribeConfigsResult>> DescribeAsync(IEnumerable<ConfigResource> resources, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.DescribeConfigsAsync(resources, new() { RequestTimeout = timeout }).WaitAsync(cancellationToken);
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
            _client = Make();
        }
    }

    private static Dictionary<string, string> Values(DescribeConfigsResult result) =>
        result.Entries.Values.Where(e => e.Value is not null).ToDictionary(e => e.Name, e => e.Value, StringComparer.Ordinal);
}
