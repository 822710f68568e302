using System.Buffers.Binary;
using CdcLab.Verifier.Probes;
using Confluent.Kafka;

namespace CdcLab.Verifier.Drills;

/// <summary>Sends numbered messages on a schedule that waits for no answer.</summary>
/// <remarks>Without idempotence librdkafka keeps no order when a leader changes, not even with one request at a time: what was under way to the old leader is sent
/// again behind what went to the new one. There a message waits until the one before it of its key is answered.</remarks>
internal sealed class DrillSender(int place, string name, ProducerConfig settings, string topic, int partitions, int perSecond) : IDisposable
{
    public const int KeysPerPartition = 16;
    private const int Size = 1 + sizeof(int);
    // A message is given up after one minute.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(65);

    private readonly IProducer<byte[], byte[]> _producer =
        new ProducerBuilder<byte[], byte[]>(settings).SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();

    private readonly OneByOne? _order = settings.EnableIdempotence == true ? null : new(KeysPerPartition * partitions);
    private readonly int _keys = KeysPerPartition * partitions;
    private long _delay;

    public DrillLog Log { get; } = new(name, settings.EnableIdempotence == true);

    /// <summary>By how much it was late at most, as <see cref="Stopwatch"/> counts.</summary>
    public long Delay => Interlocked.Read(ref _delay);

    /// <summary>Sends until it is stopped, on a thread of its own.</summary>
    public void Run(CancellationToken stop)
    {
        long first = Stopwatch.GetTimestamp();
        for (long turn = 0; ProbeRun.WaitUntil(Due(first, turn, perSecond), stop); turn++)
        {
            long intended = Due(first, turn, perSecond);
            Interlocked.Exchange(ref _delay, Math.Max(Interlocked.Read(ref _delay), Stopwatch.GetTimestamp() - intended));
            int number = Log.Intend(intended);
            if (_order?.Enter(number) != false)
                Produce(number);
        }
    }

    /// <summary>Waits until every message is answered or given up.</summary>
    public void Flush(CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        while (Log.Pending > 0 && Stopwatch.GetElapsedTime(began) < AnswerLimit)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _producer.Flush(TimeSpan.FromSeconds(1));
        }
    }

    public void Dispose() => _producer.Dispose();

    /// <summary>When a message is due, as <see cref="Stopwatch"/> counts: never later for those before it.</summary>
    internal static long Due(long first, long turn, int perSecond) => first + (turn * Stopwatch.Frequency / perSecond);

    /// <summary>What an answer means. Only what was certainly not written is refused.</summary>
    internal static DrillOutcome Meaning(PersistenceStatus status) => status switch
    {
        PersistenceStatus.Persisted => DrillOutcome.Acknowledged,
        PersistenceStatus.NotPersisted => DrillOutcome.Refused,
        _ => DrillOutcome.Unknown,
    };

    /// <summary>What a record says of itself; null where it is none of a drill's.</summary>
    internal static DrillRecord? TryRead(Message<byte[], byte[]> message) => message is { Key: { Length: Size } key, Value: { Length: Size } value }
        ? new(value[0], BinaryPrimitives.ReadInt32BigEndian(value.AsSpan(1)), BinaryPrimitives.ReadInt32BigEndian(key.AsSpan(1)), 0, 0)
        : null;

    // And those behind it of its key, where it never left.
    private void Produce(int number)
    {
        for (int? next = number; next is { } one && !TryProduce(one); next = _order?.Leave(one))
        {
        }
    }

    private bool TryProduce(int number)
    {
        int key = number % _keys;
        try
        {
            _producer.Produce(new TopicPartition(topic, key % partitions), new() { Key = Bytes(key), Value = Bytes(number) }, report => Delivered(number, report));
            return true;
        }
        catch (ProduceException<byte[], byte[]> e)
        {
            // The producer's queue is full, or it does not know the topic.
            Log.Complete(number, DrillOutcome.Refused, Stopwatch.GetTimestamp(), Words(e.Error));
            return false;
        }
    }

    private void Delivered(int number, DeliveryReport<byte[], byte[]> report)
    {
        Log.Complete(number, Meaning(report.Status), Stopwatch.GetTimestamp(), report.Error.IsError ? Words(report.Error) : null);
        if (_order?.Leave(number) is { } next)
            Produce(next);
    }

    private static string Words(Error error) => $"{error.Code} ({(int)error.Code})";

    private byte[] Bytes(int number)
    {
        byte[] bytes = new byte[Size];
        bytes[0] = (byte)place;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), number);
        return bytes;
    }
}

/// <summary>Lets one message of each key be under way at a time; a number's key is what is left of it by the number of keys.</summary>
internal sealed class OneByOne(int keys)
{
    // Of each key that is under way: what waits behind it.
    private readonly Dictionary<int, Queue<int>> _waiting = [];

    /// <summary>Whether it may go now; else it waits.</summary>
    public bool Enter(int number)
    {
        lock (_waiting)
        {
            if (!_waiting.TryGetValue(number % keys, out Queue<int>? behind))
            {
                _waiting[number % keys] = new();
                return true;
            }

            behind.Enqueue(number);
            return false;
        }
    }

    /// <summary>It was answered: the one that may go now, if one of its key waits.</summary>
    public int? Leave(int number)
    {
        lock (_waiting)
        {
            if (_waiting[number % keys].TryDequeue(out int next))
                return next;
            _waiting.Remove(number % keys);
            return null;
        }
    }
}
