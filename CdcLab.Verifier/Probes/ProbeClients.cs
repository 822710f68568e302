using Confluent.Kafka;

namespace CdcLab.Verifier.Probes;

/// <summary>The probe's producer and consumer: one each for the life of the verifier.</summary>
internal sealed class ProbeClients : IDisposable
{
    // As long as the verdict's window: by then the message has left it, and its outcome is unknown.
    private static readonly TimeSpan MessageTimeout = ProbeTrack.Window;
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollLimit = TimeSpan.FromSeconds(1);

    private readonly IProducer<Null, byte[]> _producer;
    private readonly IConsumer<Ignore, byte[]> _consumer;
    private readonly Action<DeliveryReport<Null, byte[]>> _delivered;

    public ProbeClients(string bootstrap, IReadOnlyDictionary<string, string> needed, Action<DeliveryReport<Null, byte[]>> delivered)
    {
        _delivered = delivered;
        _producer = new ProducerBuilder<Null, byte[]>(KafkaClientSettings.ProbeProducer(bootstrap, needed, MessageTimeout))
            .SetLogHandler(static (_, _) => { }) // a line for each try to reconnect; the checks tell the story once
            .SetErrorHandler(static (_, _) => { })
            .Build();
        _consumer = new ConsumerBuilder<Ignore, byte[]>(KafkaClientSettings.ProbeConsumer(bootstrap, needed))
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
    }

    /// <summary>Places the consumer at the end of each partition, so that everything that is sent from now on is read. Blocks.</summary>
    public void ReadFromEnd(int partitions)
    {
        TopicPartitionOffset[] ends = new TopicPartitionOffset[partitions];
        for (int i = 0; i < partitions; i++)
        {
            TopicPartition partition = new(KafkaTopic.ProbeName, i);
            ends[i] = new(partition, _consumer.QueryWatermarkOffsets(partition, EndLimit).High);
        }

        _consumer.Assign(ends);
    }

    public bool Send(int partition, byte[] value)
    {
        try
        {
            _producer.Produce(new TopicPartition(KafkaTopic.ProbeName, partition), new() { Value = value }, _delivered);
            return true;
        }
        catch (ProduceException<Null, byte[]>)
        {
            // Its queue is full, or the partition does not exist (any more): the message counts as given up.
            return false;
        }
    }

    /// <summary>Reads the next message. Blocks for a second at most.</summary>
    public (ConsumeResult<Ignore, byte[]> Message, long At)? Read() =>
        _consumer.Consume(PollLimit) is { Message: not null } result ? (result, Stopwatch.GetTimestamp()) : null;

    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
        _producer.Dispose();
    }
}
