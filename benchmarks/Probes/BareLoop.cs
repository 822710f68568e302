using System.Diagnostics;
using CdcLab.Clients.Kafka;
using Confluent.Kafka;

namespace CdcLab.Benchmarks.Probes;

/// <summary>The least that measures produce-to-consume: one librdkafka producer and one consumer with the probe's settings, a message every period, a time
/// stamp before the send and after the read. No schedule to keep, nothing followed, nothing counted but the difference.</summary>
internal sealed class BareLoop : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly string _topic;
    private readonly int _partitions;
    private readonly IProducer<Null, byte[]> _producer;
    private readonly IConsumer<Ignore, byte[]> _consumer;

    public BareLoop(string bootstrap, IReadOnlyDictionary<string, string> needed, string topic, int partitions)
    {
        (_topic, _partitions) = (topic, partitions);
        _producer = new ProducerBuilder<Null, byte[]>(KafkaClientSettings.ProbeProducer(bootstrap, needed, TimeSpan.FromSeconds(30))).SetLogHandler(static (_, _) => { }).Build();
        _consumer = new ConsumerBuilder<Ignore, byte[]>(KafkaClientSettings.ProbeConsumer(bootstrap, needed)).SetLogHandler(static (_, _) => { }).Build();
        _consumer.Assign(Enumerable.Range(0, partitions).Select(i =>
        {
            TopicPartition partition = new(topic, i);
            return new TopicPartitionOffset(partition, HighWatermark(partition));
        }));
    }

    // A topic that was made this moment is not known to every broker.
    private Offset HighWatermark(TopicPartition partition)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return _consumer.QueryWatermarkOffsets(partition, AnswerLimit).High;
            }
            catch (KafkaException unknown) when (unknown.Error.Code is ErrorCode.Local_UnknownPartition or ErrorCode.UnknownTopicOrPart && Stopwatch.GetElapsedTime(begin) < AnswerLimit)
            {
                Thread.Sleep(200);
            }
        }
    }

    /// <summary>Runs for a while.</summary>
    /// <returns>Every latency in milliseconds.</returns>
    public async Task<IReadOnlyList<double>> RunAsync(TimeSpan window, TimeSpan period, CancellationToken cancellationToken)
    {
        List<double> latencies = [];
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task reading = Task.Factory.StartNew(() => Read(latencies, end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task sending = Task.Factory.StartNew(() => Send(window, period, end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await sending;
        _producer.Flush(TimeSpan.FromSeconds(10));
        await end.CancelAsync();
        await reading;
        return latencies;
    }

    public void Dispose()
    {
        _consumer.Dispose();
        _producer.Dispose();
    }

    private void Send(TimeSpan window, TimeSpan period, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int turn = 0; Stopwatch.GetElapsedTime(begin) < window && !cancellationToken.IsCancellationRequested; turn++)
        {
            TimeSpan left = (period * turn) - Stopwatch.GetElapsedTime(begin);
            if (left > TimeSpan.Zero)
                Thread.Sleep(left);
            // As large as the probe's message.
            byte[] value = new byte[24];
            BitConverter.TryWriteBytes(value, Stopwatch.GetTimestamp());
            _producer.Produce(new TopicPartition(_topic, turn % _partitions), new() { Value = value }, static _ => { });
        }
    }

    private void Read(List<double> latencies, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (_consumer.Consume(100) is { Message: { } message })
                latencies.Add(Stopwatch.GetElapsedTime(BitConverter.ToInt64(message.Value)).TotalMilliseconds);
        }
    }
}
