using System.Net.NetworkInformation;
using Confluent.Kafka;

namespace CdcLab.Clients.Kafka;

/// <summary>librdkafka's settings for each of the lab's clients; "needed" is what every client of this cluster needs. Each configuration is made from scratch: one
/// that is made from another shares its dictionary, and settings leak both ways.</summary>
public static class KafkaClientSettings
{
    // A paused broker keeps its connections: only this ends the wait for it. librdkafka's default is 60 s.
    private const int SocketTimeout = 6000;

    /// <summary>How long the probe's producer waits for more messages before it sends: shown with every figure.</summary>
    public static TimeSpan ProbeLinger => TimeSpan.Zero;

    public static AdminClientConfig Admin(string bootstrap, IReadOnlyDictionary<string, string> needed) =>
        Shared(bootstrap, needed, "cdclab-admin", new AdminClientConfig());

    /// <summary>The settings of the latency probe's producer. After the time limit without an acknowledgement a message's outcome is unknown.</summary>
    public static ProducerConfig ProbeProducer(string bootstrap, IReadOnlyDictionary<string, string> needed, TimeSpan messageTimeout) =>
        Shared(bootstrap, needed, "cdclab-probe-producer", new ProducerConfig
        {
            Acks = Acks.All,

            // Off on purpose: a message that is sent again may arrive twice, which the probe counts, and no fatal error can ever stop the producer.
            EnableIdempotence = false,

            // A figure shall show the cluster, not the client's wish to batch.
            LingerMs = ProbeLinger.TotalMilliseconds,
            MessageTimeoutMs = (int)messageTimeout.TotalMilliseconds,
            RequestTimeoutMs = SocketTimeout,

            // A partition's new leader is found as soon as there is one.
            RetryBackoffMs = 100,
            RetryBackoffMaxMs = 500,
            TopicMetadataRefreshFastIntervalMs = 100,
            TopicMetadataPropagationMaxMs = 1000,
            AllowAutoCreateTopics = false,
            EnableDeliveryReports = true,
            DeliveryReportFields = "value,status",
            QueueBufferingMaxMessages = 10_000,
            QueueBufferingMaxKbytes = 1024,
            StickyPartitioningLingerMs = 0,
        });

    /// <summary>The settings of the latency probe's consumer: it is told its partitions, joins no group and commits nothing.</summary>
    public static ConsumerConfig ProbeConsumer(string bootstrap, IReadOnlyDictionary<string, string> needed) =>
        Shared(bootstrap, needed, "cdclab-probe-consumer", new ConsumerConfig
        {
            // librdkafka insists on a name; without subscribe and commits no group of this name ever comes to be.
            GroupId = "cdclab-probe",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Latest,
            // A transaction that somebody left open in the topic would hide the probe's own records.
            IsolationLevel = IsolationLevel.ReadUncommitted,
            FetchWaitMaxMs = 500,
            FetchMinBytes = 1,
            FetchErrorBackoffMs = 100,
            QueuedMaxMessagesKbytes = 1024,
            TopicMetadataRefreshFastIntervalMs = 100,
            AllowAutoCreateTopics = false,
        });

    /// <summary>The settings of a drill's producer: acks=all, and a message is sent again until it is acknowledged or a minute has passed, unless it may not be.</summary>
    public static ProducerConfig DrillProducer(string bootstrap, IReadOnlyDictionary<string, string> needed, bool isIdempotent, bool retries = true, bool leaderAlone = false) =>
        Shared(bootstrap, needed, "cdclab-drill-producer", new ProducerConfig
        {
            Acks = leaderAlone ? Acks.Leader : Acks.All,
            EnableIdempotence = isIdempotent,
            // librdkafka takes a batch that is refused behind another one for a lost place in the sequence, begins a new epoch, and may then send again what is there already
            // (its issue 4953). One at a time, no batch is behind another.
            MaxInFlight = isIdempotent ? 1 : 5,
            MessageSendMaxRetries = retries ? int.MaxValue : 0,
            LingerMs = 0,
            MessageTimeoutMs = 60_000,
            RequestTimeoutMs = SocketTimeout,
            RetryBackoffMs = 100,
            RetryBackoffMaxMs = 500,
            TopicMetadataRefreshFastIntervalMs = 100,
            TopicMetadataPropagationMaxMs = 10_000,
            AllowAutoCreateTopics = false,
            DeliveryReportFields = "key,value,status",
            QueueBufferingMaxMessages = 100_000,
            StickyPartitioningLingerMs = 0,
        });

    /// <summary>The settings of a drill's reader: every partition from its beginning to its end.</summary>
    public static ConsumerConfig DrillConsumer(string bootstrap, IReadOnlyDictionary<string, string> needed) =>
        Shared(bootstrap, needed, "cdclab-drill-consumer", new ConsumerConfig
        {
            GroupId = "cdclab-drill",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
        });

    /// <summary>The settings of the reader of the connector's topics: it is told its partitions, joins no group and commits nothing.</summary>
    public static ConsumerConfig ChangeConsumer(string bootstrap, IReadOnlyDictionary<string, string> needed) =>
        Shared(bootstrap, needed, "cdclab-changes", new ConsumerConfig
        {
            GroupId = "cdclab-changes",
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            FetchWaitMaxMs = 500,
            FetchErrorBackoffMs = 100,
            QueuedMaxMessagesKbytes = 8192,
            // After a full queue librdkafka waits for a second, which would be seen as a change's latency.
            FetchQueueBackoffMs = 100,
            // Nobody reads their headers and timestamps.
            ConsumeResultFields = "topic",
            TopicMetadataRefreshFastIntervalMs = 100,
            AllowAutoCreateTopics = false,
        });

    private static T Shared<T>(string bootstrap, IReadOnlyDictionary<string, string> needed, string clientId, T settings)
        where T : ClientConfig
    {
        settings.BootstrapServers = bootstrap;
        settings.ClientId = clientId;
        // Where only loopback is up (a laptop without a network), the system's resolver knows "localhost" only when it is asked for both families.
        settings.BrokerAddressFamily = NetworkInterface.GetIsNetworkAvailable() ? BrokerAddressFamily.V4 : BrokerAddressFamily.Any;

        // A broker that comes back must be found at once: librdkafka's default of 10 s would hide it behind a back-off.
        settings.ReconnectBackoffMs = 100;
        settings.ReconnectBackoffMaxMs = 500;

        // librdkafka forgets a broker that is missing from one answer, asks again after five minutes, and lets every question to that broker wait meanwhile
        // (seen after all brokers were killed and started again). So it asks often; a topic that was made anew was once read only after 30 s.
        settings.TopicMetadataRefreshIntervalMs = 1000;
        settings.SocketTimeoutMs = SocketTimeout;
        settings.SocketConnectionSetupTimeoutMs = 5000;
        settings.SocketNagleDisable = true;
        settings.LogConnectionClose = false;
        settings.EnableMetricsPush = false;
        foreach ((string name, string value) in needed)
            settings.Set(name, value);
        return settings;
    }
}
