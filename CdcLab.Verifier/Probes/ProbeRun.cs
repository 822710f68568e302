using System.Buffers.Binary;
using CdcLab.Verifier.Telemetry;
using Confluent.Kafka;

namespace CdcLab.Verifier.Probes;

/// <summary>Sends one small message each <c>Lab:Verifier:ProbeInterval</c>, acks=all, in turn to every partition of one topic, and reads each of them back.</summary>
/// <remarks>The schedule is kept whatever the cluster does: no message waits for the one before (coordinated omission). Sender and reader are threads of their own: a
/// pool that is busy with checks must not show as the cluster's latency.</remarks>
internal sealed partial class ProbeRun(
    VerifiedLab lab, IReadOnlyDictionary<string, string> needed, int partitions, VerifierFigures figures, ProbeTraces traces, ILogger log) : IDisposable
{
    // They connect by themselves, and again whenever brokers come back: a line of log for each try would hide the story, which the checks tell once.
    // A message is waited for as long as the verdict's window: by then it has left it, and its outcome is unknown.
    private readonly IProducer<Null, byte[]> _producer =
        new ProducerBuilder<Null, byte[]>(KafkaClientSettings.ProbeProducer(lab.Bootstrap, needed, lab.ProbeWindow))
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();

    private readonly IConsumer<Ignore, byte[]> _consumer = new ConsumerBuilder<Ignore, byte[]>(KafkaClientSettings.ProbeConsumer(lab.Bootstrap, needed))
        .SetLogHandler(static (_, _) => { })
        .SetErrorHandler(static (_, _) => { })
        .Build();

    public ProbeTrack Track { get; } = new(lab.Options.Verifier.ProbeInterval, lab.Options.Verifier.MaxLatency, partitions, Stopwatch.GetTimestamp());

    /// <summary>Places the consumer at the end of each partition, so that everything that is sent from now on is read. Blocks.</summary>
    public void ReadFromEnd() => _consumer.Assign(Enumerable.Range(0, partitions)
        .Select(number => new TopicPartition(KafkaTopic.ProbeName, number))
        .Select(partition => new TopicPartitionOffset(partition, _consumer.QueryWatermarkOffsets(partition, TimeSpan.FromSeconds(2)).High))
        .ToList());

    public IEnumerable<Task> Start(CancellationToken cancellationToken) => ((Action<CancellationToken>[])[Send, Read])
        .Select(part => Task.Factory.StartNew(() => part(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
        _producer.Dispose();
    }

    private void Send(CancellationToken cancellationToken)
    {
        long period = (long)(lab.Options.Verifier.ProbeInterval.TotalSeconds * Stopwatch.Frequency);
        long longestDelay = (long)(ProbeTrack.LongestDelay.TotalSeconds * Stopwatch.Frequency);
        long intended = Stopwatch.GetTimestamp();
        for (int turn = 0; WaitUntil(intended, cancellationToken); turn++, intended += period)
        {
            long behind = Stopwatch.GetTimestamp() - intended;
            if (behind > longestDelay)
            {
                Track.Slept(intended - period, intended + behind);
                intended += behind / period * period;
                LogSlept(behind / Stopwatch.Frequency);
            }

            long number = Track.Intend(intended);
            TopicPartition partition = new(KafkaTopic.ProbeName, turn % partitions);
            traces.Sent(Track.Run, number, partition.Partition, intended);
            try
            {
                _producer.Produce(partition, new() { Value = ProbeMessage.Write(Track.Run, number) }, Delivered);
            }
            catch (ProduceException<Null, byte[]> e)
            {
                // The producer's queue is full, or the partition does not exist (any more).
                GivenUp(number, e.Error.Code, Stopwatch.GetTimestamp());
            }
        }
    }

    private void Read(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (_consumer.Consume(TimeSpan.FromSeconds(1)) is not { Message: { } message } read)
                    continue;
                long at = Stopwatch.GetTimestamp();
                long? number = ProbeMessage.Number(Track.Run, message.Value);
                if (Track.Consumed(number, read.Partition.Value, read.Offset.Value, at) is not { } latency)
                    continue;
                figures.Consumed(latency);
                traces.Consumed(Track.Run, number!.Value, read.Offset.Value, read.LeaderEpoch);
            }
            catch (ConsumeException)
            {
                // The topic is gone, or a broker refuses. The verdict tells that nothing arrives; the client goes on by itself.
                cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private void Delivered(DeliveryReport<Null, byte[]> report)
    {
        long now = Stopwatch.GetTimestamp();
        if (ProbeMessage.Number(Track.Run, report.Message.Value) is not { } number)
            return;
        if (report.Error.IsError)
            GivenUp(number, report.Error.Code, now);
        else if (Track.Acknowledged(number, report.Partition.Value, report.Offset.Value, now) is { } latency)
        {
            figures.Acknowledged(latency);
            traces.Acknowledged(Track.Run, number, report.Offset.Value);
        }
    }

    private void GivenUp(long number, ErrorCode error, long now)
    {
        Track.GivenUp(number, now, error is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic or ErrorCode.Local_UnknownPartition);
        traces.GivenUp(Track.Run, number, error.ToString());
    }

    /// <summary>A sleep ends up to a millisecond late, which would be the largest part of a figure: it sleeps whole milliseconds and spins for the rest.</summary>
    internal static bool WaitUntil(long due, CancellationToken cancellationToken)
    {
        long left = (due - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency;
        if (left > 0 && cancellationToken.WaitHandle.WaitOne((int)left))
            return false;
        while (Stopwatch.GetTimestamp() < due)
            Thread.SpinWait(20);
        return !cancellationToken.IsCancellationRequested;
    }

    [LoggerMessage(511, LogLevel.Warning, "The verifier itself did not run for {Seconds} s; the probes of that time are left out.")]
    private partial void LogSlept(long seconds);
}

/// <summary>What a probe message carries: which run of the verifier sent it, and its number in that run.</summary>
internal static class ProbeMessage
{
    private const int RunSize = 16;

    public static byte[] Write(Guid run, long number)
    {
        byte[] value = new byte[RunSize + sizeof(long)];
        run.TryWriteBytes(value);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(RunSize), number);
        return value;
    }

    /// <summary>The number; null where it is not a message of this run: another verifier's, or what was there before.</summary>
    public static long? Number(Guid run, ReadOnlySpan<byte> value) =>
        value.Length == RunSize + sizeof(long) && new Guid(value[..RunSize]) == run ? BinaryPrimitives.ReadInt64BigEndian(value[RunSize..]) : null;
}
