using CdcLab.Clients.Market;
using Confluent.Kafka;

namespace CdcLab.Verifier.Cdc;

/// <summary>Reads the market's ledger and the connector's topics side by side, from the moment at which Kafka Connect is first seen to have been started.</summary>
internal sealed partial class ChangeFollower(VerifiedLab lab, KafkaAccess kafka, FiguresStore figures, TimeProvider time, ILogger<ChangeFollower> log) : BackgroundService
{
    private const int MostEvents = 2000;
    private const int MostBlocks = 4;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    // 2500 old changes a second: while the connector catches up, the processors are its own. What is newer is read as it comes, for its latency is judged.
    private const int MostOldInBreath = 250;
    private static readonly TimeSpan Old = ChangeTrack.Skew;
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TopicInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TopicLimit = TimeSpan.FromSeconds(5);
    private static readonly string Orders = DebeziumSettings.Topic(OrdersSchema.Orders);

    private readonly Dictionary<TopicPartition, Offset> _next = [];
    private volatile ChangeTrack? _track;
    private volatile string? _whyNot;
    private LedgerReader? _ledger;
    private long _heartbeat;

    /// <summary>What is known of the changes; null until Kafka Connect was started.</summary>
    public ChangeTrack? Track => _track;

    /// <summary>Why the topics or the ledger cannot be read now; null where they can.</summary>
    public string? WhyNot => _whyNot;

    /// <summary>When the connector last gave a sign of life of its own; null where it gave none.</summary>
    public DateTime? Heartbeat => Interlocked.Read(ref _heartbeat) is > 0 and var ticks ? new(ticks, DateTimeKind.Utc) : null;

    /// <summary>Whether Kafka Connect was started, since the lab runs.</summary>
    public bool IsWanted => figures.Last?.Resources.FirstOrDefault(r => r.Name == ResourceNames.Connect) is { State: not "NotStarted" };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (IsWanted && kafka is { IsLegacy: false, ClientSettings: not null })
                    await Task.Run(() => FollowAsync(stoppingToken), stoppingToken);
            }
            catch (KafkaException e)
            {
                _whyNot = $"the cluster {Unreachable.Words(e)}";
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                _whyNot = Unread(e);
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    // Begun again it goes on where it was: other clients, the same track.
    private async Task FollowAsync(CancellationToken stop)
    {
        Dictionary<string, int> topics = await TopicsAsync(stop);
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(KafkaClientSettings.ChangeConsumer(lab.Bootstrap, kafka.ClientSettings!))
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
        HashSet<TopicPartition> assigned = [];
        if (_track is null)
        {
            _ledger = new(lab.Ledger);
            _ledger.ReadNewer(_ => { });
            _track = new(time.GetUtcNow().UtcDateTime);
            LogBegins(topics.Count);
        }

        (ChangeTrack track, _whyNot) = (_track, null);
        (long looked, long ledgerRead, long breathed, int old) = (time.GetTimestamp(), 0, 0, 0);
        Task<Dictionary<string, int>>? asked = null;
        Assign(topics);
        while (!stop.IsCancellationRequested)
        {
            if (time.GetElapsedTime(breathed) >= Breath)
                (breathed, old) = (time.GetTimestamp(), 0);
            for (int events = 0; events < MostEvents && old < MostOldInBreath && consumer.Consume(events == 0 ? Poll : TimeSpan.Zero) is { } message; events++)
            {
                if (message.Topic != DebeziumSettings.Heartbeats && message.Offset < _next.GetValueOrDefault(message.TopicPartition))
                    track.WentBack(message.Topic, time.GetUtcNow().UtcDateTime);
                if (Take(track, message) is { Kind: not ChangeKind.Snapshot, At: { } at } && time.GetUtcNow().UtcDateTime - at > Old)
                    old++;
                _next[message.TopicPartition] = message.Offset + 1;
            }

            // Not for each message: a change that comes before its line waits for it, and is judged by when it came.
            if (time.GetElapsedTime(ledgerRead) >= Poll)
                (_whyNot, ledgerRead) = (ReadLedger(track), time.GetTimestamp());
            if (old == MostOldInBreath && Breath - time.GetElapsedTime(breathed) is { Ticks: > 0 } left)
                await Task.Delay(left, time, stop);
            // Beside the reading: a broker that hangs must not hold up what is measured here.
            if (asked is null && time.GetElapsedTime(looked) >= TopicInterval)
                asked = TopicsAsync(stop);
            if (asked is not { IsCompleted: true })
                continue;
            (Task<Dictionary<string, int>> answered, asked, looked) = (asked, null, time.GetTimestamp());
            try
            {
                Assign(await answered);
            }
            catch (KafkaException)
            {
                // A cluster that does not answer has no new topics.
            }
        }

        void Assign(Dictionary<string, int> found)
        {
            track.Partitions = found.GetValueOrDefault(Orders);
            TopicPartition[] more = [.. found.SelectMany(Partitions).Where(p => !assigned.Contains(p))];
            if (more.Length == 0)
                return;
            foreach (TopicPartitionOffset first in Since(consumer, [.. more.Where(p => !_next.ContainsKey(p))], track.Began))
                _next[first.TopicPartition] = first.Offset;
            consumer.IncrementalAssign(more.Select(p => new TopicPartitionOffset(p, _next[p])));
            assigned.UnionWith(more);
        }
    }

    // What was captured before is nobody's question any more, also where the brokers were not up yet and a topic is found later.
    private static IEnumerable<TopicPartitionOffset> Since(IConsumer<byte[], byte[]> consumer, TopicPartition[] partitions, DateTime began)
    {
        if (partitions.Length == 0)
            return [];
        // Before the question: what comes after it must not be passed over.
        Dictionary<TopicPartition, Offset> ends = partitions.ToDictionary(p => p, p => consumer.QueryWatermarkOffsets(p, TopicLimit).High);
        return consumer.OffsetsForTimes(partitions.Select(p => new TopicPartitionTimestamp(p, new Timestamp(began))), TopicLimit)
            .Select(o => o.Offset == Offset.End ? new TopicPartitionOffset(o.TopicPartition, ends[o.TopicPartition]) : o);
    }

    private static IEnumerable<TopicPartition> Partitions(KeyValuePair<string, int> topic) => Enumerable.Range(0, topic.Value).Select(p => new TopicPartition(topic.Key, p));

    private async Task<Dictionary<string, int>> TopicsAsync(CancellationToken stop)
    {
        Dictionary<string, int> found = new(StringComparer.Ordinal);
        foreach (string topic in DebeziumSettings.ChangeTopics.Append(DebeziumSettings.Heartbeats))
        {
            if (await kafka.Topics.TopicAsync(topic, TopicLimit, stop) is var (_, partitions))
                found[topic] = partitions;
        }

        return found;
    }

    /// <returns>The change; null for a heartbeat, and for what cannot be read.</returns>
    private ChangeEvent? Take(ChangeTrack track, ConsumeResult<byte[], byte[]> message)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        if (message.Topic == DebeziumSettings.Heartbeats)
        {
            Interlocked.Exchange(ref _heartbeat, now.Ticks);
            return null;
        }

        try
        {
            ChangeEvent change = ChangeEvent.Read(message.Topic == Orders, message.Message.Key, message.Message.Value);
            track.Take(change, message.Partition.Value, now);
            return change;
        }
        catch (FormatException e)
        {
            track.Unreadable($"{message.TopicPartitionOffset}: {e.Message}", now);
            return null;
        }
    }

    private string? ReadLedger(ChangeTrack track)
    {
        try
        {
            for (int block = 0; block < MostBlocks && !track.IsFull && !_ledger!.ReadNewer(track.Take); block++)
            {
                // There is more.
            }

            return null;
        }
        catch (Exception e) when (e is FileNotFoundException or InvalidDataException)
        {
            // It was begun anew, or is damaged: read from its beginning, what is known is known.
            _ledger = new(lab.Ledger);
            return Unread(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Unread(e);
        }
    }

    private static string Unread(Exception e) => $"the ledger cannot be read: {e.Message.TrimEnd('.')}";

    [LoggerMessage(530, LogLevel.Information, "Changes are followed from now on; {Topics} topics are there.")]
    private partial void LogBegins(int topics);
}
