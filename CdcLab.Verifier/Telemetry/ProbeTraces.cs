namespace CdcLab.Verifier.Telemetry;

/// <summary>One trace for each probe message that is sampled, by OpenTelemetry's conventions for messaging: its send, which ends with the broker's
/// acknowledgement, and its consumption, which links to the send. Without a listener nothing is made.</summary>
/// <remarks>The broker is the one that led the partition, told apart by the leader's epoch that the consumed record carries: what ZooKeeper said last may be some seconds
/// old, and a trace that names a dead broker would mislead just when somebody looks at it. A span waits for the name for a while, with its own times.</remarks>
internal sealed class ProbeTraces(VerifiedLab lab, Func<ClusterState?> lastSeen)
{
    private static readonly ActivitySource Source = new(VerifierFigures.SourceName);

    private readonly Lock _gate = new();
    private readonly Dictionary<(Guid Run, long Number), Followed> _followed = [];

    public void Sent(Guid run, long number, int partition, long intended)
    {
        if (!Source.HasListeners())
            return;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Activity.Current = null;
        Activity? probe = Source.StartActivity(ActivityKind.Internal, startTime: now - Stopwatch.GetElapsedTime(intended), name: "probe");
        Activity? send = probe is { Recorded: true } ? Source.StartActivity(ActivityKind.Producer, startTime: now, name: $"send {KafkaTopic.ProbeName}") : null;
        Activity.Current = null;
        if (send is null)
        {
            probe?.Dispose();
            Activity.Current = null;
            return;
        }

        probe!.SetTag("cdclab.probe.number", number);
        Describe(send, "send", partition).SetTag("messaging.client.id", "cdclab-probe-producer");
        lock (_gate)
        {
            Settle();
            _followed[(run, number)] = new(probe, send, partition, Stopwatch.GetTimestamp());
        }
    }

    public void Acknowledged(Guid run, long number, long offset) => Answered(run, number, givenUp: false, send => send.SetTag("messaging.kafka.offset", offset));

    public void GivenUp(Guid run, long number, string error) => Answered(run, number, givenUp: true, send => send
        .SetTag("error.type", error)
        .SetStatus(ActivityStatusCode.Error, "Not acknowledged: whether it is in the log is not known."));

    public void Consumed(Guid run, long number, long offset, int? leaderEpoch) => Change(run, number, followed =>
    {
        if (followed.Process is not null)
            return;
        ActivityLink[] links = [new(followed.Send.Context)];
        followed.Process = Source.StartActivity(ActivityKind.Consumer, followed.Probe.Context, links: links, name: $"process {KafkaTopic.ProbeName}");
        Activity.Current = null;
        if (followed.Process is not { } process)
            return;
        // -1 is librdkafka's word for a record that does not say, as those of a legacy Kafka.
        (followed.LeaderEpoch, followed.Last) = (leaderEpoch is >= 0 ? leaderEpoch : null, DateTime.UtcNow);
        Describe(process, "process", followed.Partition).SetTag("messaging.client.id", "cdclab-probe-consumer").SetTag("messaging.kafka.offset", offset);
        process.SetEndTime(followed.Last);
    });

    private void Answered(Guid run, long number, bool givenUp, Func<Activity, Activity> describe) => Change(run, number, followed =>
    {
        if (followed.Answered)
            return;
        (followed.Answered, followed.GivenUp, followed.Last) = (true, givenUp, DateTime.UtcNow);
        describe(followed.Send).SetEndTime(followed.Last);
    });

    private void Change(Guid run, long number, Action<Followed> change)
    {
        lock (_gate)
        {
            if (_followed.TryGetValue((run, number), out Followed? followed))
                change(followed);
            Settle();
        }
    }

    private static Activity Describe(Activity span, string operation, int partition) => span
        .SetTag("messaging.system", "kafka")
        .SetTag("messaging.operation.name", operation)
        .SetTag("messaging.operation.type", operation)
        .SetTag("messaging.destination.name", KafkaTopic.ProbeName)
        .SetTag("messaging.destination.partition.id", partition.ToString(CultureInfo.InvariantCulture));

    // Ends what can be ended. Called with each message: there are two of them a second, and a few traces.
    private void Settle()
    {
        ClusterState? cluster = _followed.Count > 0 ? lastSeen() : null;
        foreach (((Guid Run, long Number) number, Followed followed) in _followed)
        {
            bool old = Stopwatch.GetElapsedTime(followed.Since) > Probes.ProbeTrack.Horizon;
            bool named = followed.IsComplete && Name(followed, cluster);
            if ((named || old || followed.GivenUp) && _followed.Remove(number))
                End(followed);
        }
    }

    private bool Name(Followed followed, ClusterState? cluster)
    {
        PartitionState? partition = cluster?.Partitions.FirstOrDefault(p => p.Topic == KafkaTopic.ProbeName && p.Number == followed.Partition);
        if (partition?.Leader is not { } leader || (followed.LeaderEpoch is { } epoch && epoch != partition.LeaderEpoch))
            return false;
        if (lab.Brokers.FirstOrDefault(b => b.Id == leader) is not { } broker)
            return true;
        string[] address = broker.External.Split(':');
        foreach (Activity span in (Activity[])[followed.Send, followed.Process!])
            span.SetTag("server.address", address[0]).SetTag("server.port", int.Parse(address[1], CultureInfo.InvariantCulture));
        return true;
    }

    private static void End(Followed followed)
    {
        if (followed.Process is null)
            followed.Probe.SetStatus(ActivityStatusCode.Error, followed.GivenUp ? "Not acknowledged." : "Not consumed.");
        followed.Probe.SetEndTime(followed.IsComplete ? followed.Last : DateTime.UtcNow);
        followed.Process?.Dispose();
        followed.Send.Dispose();
        followed.Probe.Dispose();
        Activity.Current = null;
    }

    private sealed record Followed(Activity Probe, Activity Send, int Partition, long Since)
    {
        public Activity? Process;
        public int? LeaderEpoch;
        public bool Answered;
        public bool GivenUp;
        public DateTime Last;

        public bool IsComplete => Answered && Process is not null;
    }
}
