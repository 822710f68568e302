using CdcLab.Model.Drills;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CdcLab.Verifier.Drills;

/// <summary>One run: messages on a schedule to a topic of its own, the cluster looked at all the while, and at the end everything read and judged.</summary>
internal sealed class DrillRun : IAsyncDisposable
{
    /// <summary>One that nobody closes ends by itself.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    public const string Prefix = "cdclab.drill.";
    private const int WithoutRetriesPerSecond = 10;
    private const int MostMarks = 200, LongestMark = 60;
    // Fewer messages say nothing of a partition.
    private const int LeastOfPartition = 10;
    private static readonly TimeSpan TopicLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(2);
    // In seconds: a look, its limit and its pause.
    private const double Fresh = 2.5;

    private static readonly ErrorCode[] NewLeader = [ErrorCode.OffsetNotAvailable, ErrorCode.NotLeaderForPartition, ErrorCode.LeaderNotAvailable, ErrorCode.FencedLeaderEpoch, ErrorCode.UnknownLeaderEpoch];

    private readonly DrillRequest _request;
    private readonly VerifiedLab _lab;
    private readonly KafkaAccess _kafka;
    private readonly bool _isLegacy;
    private readonly DrillSettings? _settings;
    private readonly DateTimeOffset _startedAt;
    private readonly long _started;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<DrillSender> _senders = [];
    private readonly List<DrillMoment> _marks = [];
    private readonly List<DrillCluster> _cluster = [];
    private readonly List<Task> _tasks = [];
    private readonly Lock _gate = new();
    private ClusterState? _last;
    private double _lastAt;
    private string? _trouble;
    private long _foreign;
    private bool _hasExpired;

    private DrillRun(DrillRequest request, KafkaTopic topic, DrillSettings? settings, VerifiedLab lab, KafkaAccess kafka, TimeProvider time)
    {
        (_request, Topic, _settings, _lab, _kafka) = (request, topic, settings, lab, kafka);
        // Beside each other: what the brokers wrote is compared by the first, everything else by the second.
        (_startedAt, _started) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        _isLegacy = kafka.IsLegacy;
        IReadOnlyDictionary<string, string> needed = kafka.ClientSettings!;
        string bootstrap = request.Bootstrap ?? lab.Bootstrap;
        int half = request.MessagesPerSecond / 2;
        // The legacy Kafka knows no idempotence.
        if (!request.LeaderAlone && !_isLegacy)
            Add("the idempotent producer", KafkaClientSettings.DrillProducer(bootstrap, needed, isIdempotent: true), request.MessagesPerSecond - half);
        Add("the producer without idempotence", KafkaClientSettings.DrillProducer(bootstrap, needed, isIdempotent: false, leaderAlone: request.LeaderAlone), half);
        // Only what is never sent again shows a refusal.
        if (!request.LeaderAlone)
            Add("the producer without retries", KafkaClientSettings.DrillProducer(bootstrap, needed, isIdempotent: false, retries: false), WithoutRetriesPerSecond);

        void Add(string name, ProducerConfig settings, int perSecond) => _senders.Add(new(_senders.Count, name, settings, topic.Name, topic.Partitions, perSecond));
    }

    public KafkaTopic Topic { get; }

    /// <summary>Whether it sends no more.</summary>
    public bool IsOver => _stop.IsCancellationRequested;

    private double Now => Seconds(Stopwatch.GetTimestamp());

    /// <summary>Makes the topic and begins to send.</summary>
    /// <exception cref="KafkaException">The topic could not be made.</exception>
    public static async Task<DrillRun> BeginAsync(DrillRequest request, VerifiedLab lab, KafkaAccess kafka, TimeProvider time, CancellationToken cancellationToken)
    {
        // Only with the settings that every topic has: it is they that are proven.
        Dictionary<string, string> settings = request.LeaderAlone ? new() { ["min.insync.replicas"] = "1", ["unclean.leader.election.enable"] = "true" } : [];
        KafkaTopic topic = new(request.Topic ?? $"{Prefix}{request.Drill}.{time.GetUtcNow():yyyyMMddHHmmss}", request.Partitions ?? lab.Options.Kafka.Partitions, lab.Options.Kafka.ReplicationFactor, settings);
        if (request.Topic is null)
        {
            // What a run that was cut off has left.
            ClusterState before = await ClusterReader.ReadAsync(VerifiedLab.Loopback, lab.Ports.ZooKeeper, cancellationToken);
            foreach (string left in before.Topics.Select(t => t.Key).Where(t => t.StartsWith(Prefix, StringComparison.Ordinal)))
                await kafka.Admin.DeleteTopicAsync(left, TopicLimit, cancellationToken);
            await kafka.Admin.CreateTopicAsync(topic, TopicLimit, cancellationToken);
        }

        DrillRun run;
        try
        {
            run = new(request, topic, kafka.IsLegacy ? null : await SettingsAsync(lab, kafka, cancellationToken), lab, kafka, time);
        }
        catch when (request.Topic is null)
        {
            await kafka.Admin.DeleteTopicAsync(topic.Name, TopicLimit, CancellationToken.None);
            throw;
        }

        run._tasks.Add(Task.Run(run.LookAsync, CancellationToken.None));
        run._tasks.AddRange(run._senders.Select(s => Task.Factory.StartNew(() => s.Run(run._stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        run._stop.CancelAfter(Longest);
        return run;
    }

    public DrillMoment Mark(string what)
    {
        DrillMoment mark = new(what, Now);
        lock (_gate)
        {
            if (_marks.Count == MostMarks || what.Length > LongestMark)
                throw new DrillRefusedException($"A run has {MostMarks} marks at most, of {LongestMark} letters each.");
            _marks.Add(mark);
        }

        return mark;
    }

    public DrillState State()
    {
        lock (_gate)
        {
            PartitionState[] partitions = Of(_last);
            return new(
                _request.Drill, Topic.Name, Now, _senders.Sum(s => s.Log.Sent), _senders.Sum(s => s.Log.Acknowledged),
                [.. partitions.Select(p => p.Leader)], [.. partitions.Select(p => p.Replicas)], _last?.Controller,
                Lacking(partitions),
                partitions.Length == Topic.Partitions && partitions.All(p => p.Leader == p.Replicas[0]),
                _settings)
            {
                Pending = _senders.Sum(s => s.Log.Pending),
            };
        }
    }

    /// <summary>Stops sending, waits for what was not answered yet, reads everything and judges it; deletes the topic.</summary>
    /// <exception cref="KafkaException">The topic could not be read.</exception>
    public async Task<DrillResult> CloseAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await Task.WhenAll(_senders.Select(s => Task.Run(() => s.Flush(cancellationToken), cancellationToken)));
        double seconds = Now;
        List<DrillRecord> read = await Task.Run(() => Read(cancellationToken), cancellationToken);
        List<ProducerResult> results = [];
        List<(double Due, double? Acknowledged)> waits = [];
        for (int i = 0; i < _senders.Count; i++)
        {
            DrillLog log = _senders[i].Log;
            (DrillMessage[] messages, IReadOnlyDictionary<string, long> errors) = log.Snapshot();
            int place = i;
            bool retries = _request.LeaderAlone || i < _senders.Count - 1;
            results.Add(DrillOracle.Judge(log.Name, log.IsIdempotent, messages, read.Where(r => r.Producer == place), errors) with
            {
                Retries = retries,
                Silent = retries ? Silent(messages) : [],
            });
            // What is never sent again is refused at once, and says nothing of how long writing stood still.
            if (retries)
                waits.AddRange(messages.Select(m => (Seconds(m.Intended), m.Outcome == DrillOutcome.Acknowledged ? Seconds(m.Completed) : default(double?))));
        }

        DrillCluster[] cluster;
        DrillMoment[] marks;
        lock (_gate)
            (cluster, marks) = ([.. _cluster], [.. _marks]);
        (double Due, double Wait)[] answered = [.. waits.Where(w => w.Acknowledged is not null).Select(w => (w.Due, w.Acknowledged!.Value - w.Due))];
        (double From, double Wait)[] counted = [.. DrillTimeline.Waits(marks, waits, seconds)];
        (double From, double Wait)? longest = counted.Length == 0 ? null : counted.MaxBy(w => w.Wait);
        DrillResult result = new()
        {
            Drill = _request.Drill,
            Started = _startedAt,
            Seconds = seconds,
            Topic = Topic.Name,
            Partitions = Topic.Partitions,
            ReplicationFactor = Topic.ReplicationFactor,
            MessagesPerSecond = _request.MessagesPerSecond,
            IsJudged = !_isLegacy,
            Producers = results,
            Moments = DrillTimeline.Moments(marks, waits, cluster, [.. Of(_last).Select(p => p.Replicas[0])], Topic.ReplicationFactor),
            LongestStallSeconds = longest?.Wait,
            LongestStallFrom = longest?.From,
            SenderDelaySeconds = _senders.Max(s => s.Delay) / (double)Stopwatch.Frequency,
            Foreign = _foreign,
            HasExpired = _hasExpired,
            Trouble = _trouble,
            Latencies = [.. answered.GroupBy(w => (int)w.Due).OrderBy(g => g.Key).Select(Latency)],
            Cluster = cluster,
        };
        return result;
    }

    /// <summary>Ends it; what was not closed is not judged, and its topic is deleted.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (DrillSender sender in _senders)
            sender.Dispose();
        _stop.Dispose();
        try
        {
            if (_request.Topic is null)
                await _kafka.Admin.DeleteTopicAsync(Topic.Name, TopicLimit, CancellationToken.None);
        }
        catch (KafkaException)
        {
            // The cluster may be down, which is what a drill is for; the next run deletes what is left.
        }
    }

    // The slowest of what the brokers say; ZooKeeper's tick cannot be asked.
    private static async Task<DrillSettings> SettingsAsync(VerifiedLab lab, KafkaAccess kafka, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, ConfigEntryResult>[] brokers =
            await Task.WhenAll(lab.Brokers.Select(b => kafka.Admin.BrokerSettingsAsync(b.Id, TopicLimit, cancellationToken)));
        return new(Longest("zookeeper.session.timeout.ms"), lab.Options.ZooKeeper.TickTime, Longest("replica.lag.time.max.ms"));

        TimeSpan Longest(string name) => TimeSpan.FromMilliseconds(brokers.Max(b => double.Parse(b[name].Value, CultureInfo.InvariantCulture)));
    }

    private static DrillLatency Latency(IGrouping<int, (double Due, double Wait)> second)
    {
        double[] sorted = [.. second.Select(w => w.Wait * 1000).Order()];
        return new(second.Key, sorted.Length, sorted[sorted.Length / 2], sorted[^1]);
    }

    private async Task StopAsync()
    {
        bool isOver = _stop.IsCancellationRequested;
        await _stop.CancelAsync();
        await Task.WhenAll(_tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _trouble ??= _tasks.FirstOrDefault(t => t.IsFaulted)?.Exception is { } failed ? $"the run broke: {failed.InnerException!.Message}"
            : isOver ? $"the run took longer than {Longest.TotalMinutes:0} minutes, and ended by itself"
            : null;
    }

    // Of what was due after the last heal, a second before the end at the latest: where nothing was acknowledged.
    private IReadOnlyList<int> Silent(DrillMessage[] messages)
    {
        double healed;
        lock (_gate)
            healed = _marks.LastOrDefault(m => m.What == DrillMoment.Healed)?.Seconds ?? DrillTimeline.WarmUpSeconds;
        var due = messages.Select((m, n) => (Message: m, Partition: n % Topic.Partitions)).Where(m => Seconds(m.Message.Intended) > healed).GroupBy(m => m.Partition);
        return [.. due.Where(p => p.Count() >= LeastOfPartition && p.All(m => m.Message.Outcome != DrillOutcome.Acknowledged)).Select(p => p.Key).Order()];
    }

    private List<DrillRecord> Read(CancellationToken cancellationToken)
    {
        using IConsumer<byte[], byte[]> consumer = new ConsumerBuilder<byte[], byte[]>(KafkaClientSettings.DrillConsumer(_lab.Bootstrap, _kafka.ClientSettings!))
            .SetLogHandler(static (_, _) => { })
            .SetErrorHandler(static (_, _) => { })
            .Build();
        TopicPartition[] partitions = [.. Enumerable.Range(0, Topic.Partitions).Select(n => new TopicPartition(Topic.Name, n))];
        Dictionary<int, WatermarkOffsets> marks = partitions.ToDictionary(p => p.Partition.Value, p => Watermarks(consumer, p, cancellationToken));
        Dictionary<int, long> ends = marks.ToDictionary(m => m.Key, m => m.Value.High.Value);
        _hasExpired = marks.Values.Any(m => m.Low.Value > 0);
        (int[] sent, int keys) = ([.. _senders.Select(s => s.Log.Sent)], DrillSender.KeysPerPartition * Topic.Partitions);
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(p, Offset.Beginning)));
        List<DrillRecord> records = [];
        long began = Stopwatch.GetTimestamp();
        HashSet<int> open = [.. ends.Where(e => e.Value > 0).Select(e => e.Key)];
        while (open.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(began) > ReadLimit)
                throw new KafkaException(new Error(ErrorCode.Local_TimedOut, $"The drill's topic could not be read to its end within {ReadLimit.TotalSeconds} s."));
            if (consumer.Consume(TimeSpan.FromMilliseconds(500)) is not { } read)
                continue;
            if (!read.IsPartitionEOF && DrillSender.TryRead(read.Message) is { } message && message.Producer < sent.Length
                && message.Number >= 0 && message.Number < sent[message.Producer] && message.Key == message.Number % keys)
                records.Add(message with { Partition = read.Partition.Value, Offset = read.Offset.Value });
            else if (!read.IsPartitionEOF)
                _foreign++;
            if (read.Offset.Value + (read.IsPartitionEOF ? 0 : 1) >= ends[read.Partition.Value])
                open.Remove(read.Partition.Value);
        }

        consumer.Close();
        return records;
    }

    // A leader that was elected a moment ago, as when preferred leaders return, cannot say yet.
    private static WatermarkOffsets Watermarks(IConsumer<byte[], byte[]> consumer, TopicPartition partition, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return consumer.QueryWatermarkOffsets(partition, TopicLimit);
            }
            catch (KafkaException e) when (NewLeader.Contains(e.Error.Code) && Stopwatch.GetElapsedTime(began) < TopicLimit)
            {
                cancellationToken.WaitHandle.WaitOne(LookInterval);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    private string? Lacking(PartitionState[] partitions)
    {
        const int Most = 3;
        // What was seen some time ago says nothing of now.
        if (_last is not { } last || Now - _lastAt >= Fresh)
            return "ZooKeeper does not answer";
        if (last.Controller is not >= 0)
            return "no broker is controller";
        if (last.Brokers.Count != _lab.Brokers.Count)
            return $"{last.Brokers.Count} of {_lab.Brokers.Count} brokers are registered";
        if (partitions.Length != Topic.Partitions)
            return $"{Topic.Name} has {partitions.Length} of {Topic.Partitions} partitions";
        string[] behind = [.. last.Partitions.Where(p => p.IsUnderReplicated).Select(p => $"{p.Name} has {string.Join(", ", p.InSync)} of {string.Join(", ", p.Replicas)} in sync, leader {p.Leader?.ToString() ?? "none"}")];
        return behind.Length == 0 ? null : $"{string.Join("; ", behind.Take(Most))}{(behind.Length > Most ? $"; and {behind.Length - Most} more" : "")}";
    }

    private async Task LookAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(LookLimit);
            try
            {
                ClusterState seen = await ClusterReader.ReadAsync(VerifiedLab.Loopback, _lab.Ports.ZooKeeper, limit.Token);
                lock (_gate)
                {
                    PartitionState[] partitions = Of(_last = seen);
                    _lastAt = Now;
                    DrillCluster now = new(Now, seen.Controller, [.. partitions.Select(p => p.Leader)], [.. partitions.Select(p => p.Written.Count)]);
                    if (_cluster.LastOrDefault() is not { } last || last.Controller != now.Controller || !last.Leaders.SequenceEqual(now.Leaders) || !last.InSync.SequenceEqual(now.InSync))
                        _cluster.Add(now);
                }
            }
            catch (Exception e) when (Unreachable.Is(e) || e is ZooKeeperException or InvalidDataException)
            {
                // ZooKeeper is down or paused: what it said last stays.
            }

            await Task.Delay(LookInterval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private PartitionState[] Of(ClusterState? state) => [.. (state?.Partitions ?? []).Where(p => p.Topic == Topic.Name).OrderBy(p => p.Number)];

    private double Seconds(long timestamp) => (timestamp - _started) / (double)Stopwatch.Frequency;
}
