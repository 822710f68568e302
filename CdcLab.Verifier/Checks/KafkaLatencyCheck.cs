using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Checks;

/// <summary>The probe's latencies of the last seconds are short enough, and nothing acknowledged was lost. It judges what is in memory, so it may look more often than others.</summary>
internal sealed class KafkaLatencyCheck(VerifiedLab lab, LatencyProbe probe) : ICheck
{
    private const int Fewest = 20;
    private static readonly TimeSpan Return = TimeSpan.FromSeconds(30);

    private readonly VerifierOptions _options = lab.Options.Verifier;
    private readonly TimeSpan _longestSilence = new[] { TimeSpan.FromSeconds(5), lab.Options.Verifier.MaxLatency }.Max();
    private readonly Promise _toAck = Latency("to_ack", lab, "Until all replicas in sync have a record it is not safe, and its producer waits.");
    private readonly Promise _toConsume = Latency("to_consume", lab, "What is captured must reach its reader soon.", "kafka.latency.produce_to_ack");
    private readonly Promise _lost = new(
        "kafka.probe.lost",
        ResourceNames.Kafka,
        "no probe message that was acknowledged (acks=all) is lost",
        "An acknowledged record must survive the loss of a broker. Late, duplicate and unknown are not loss.")
    {
        How = "every acknowledged probe, against the offsets that its consumer has passed and those that a new leader gives out again",
        Remedy = "what is lost is lost: its cause is healed, and the count begins anew with the verifier",
        Source = "Apache Kafka, Design, Availability and Durability Guarantees",
        Follows =
        [
            "kafka.setting.unclean.leader.election.enable", "kafka.topics.probe", "kafka.setting.min.insync.replicas", "kafka.min_insync_replicas",
            "kafka.replication_factor",
        ],
    };

    public IReadOnlyList<Promise> Promises => [_toAck, _toConsume, _lost];

    public TimeSpan? Every => TimeSpan.FromSeconds(2);

    public Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        if (probe.Track is not { } track)
            throw new CannotLookException($"The probe could not begin: {probe.WhyNot ?? "its topic is being made"}.", "See whether the brokers run.");
        long now = Stopwatch.GetTimestamp();
        track.Sweep(now);
        if (track.Silence(now) is not var (unacknowledged, unread))
            throw new CannotLookException("The verifier itself did not run for a moment.", "Wait for the next look.");
        (LatencyFigures toAck, LatencyFigures toConsume) = track.Latest(now);
        TimeSpan age = Stopwatch.GetElapsedTime(track.Started, now);
        return Task.FromResult<IReadOnlyList<Verdict>>([Judge(_toAck, toAck, unacknowledged, age), Judge(_toConsume, toConsume, unread, age), Judge(track.Counts)]);
    }

    internal Verdict Judge(Promise promise, LatencyFigures figures, TimeSpan silence, TimeSpan age)
    {
        if (silence >= _longestSilence)
        {
            // New clients are for what does not come back by itself.
            string fix = silence < Return
                ? $"Wait, up to {Return.TotalSeconds} s: a broker that has just come back, or has just been lost, holds writes up for some seconds."
                : "If kafka.brokers and kafka.isr are ok, run `aspire resource verifier restart`: the probe gets new clients.";
            return promise.Failed($"no probe {(promise == _toAck ? "was acknowledged" : "has arrived")} for {silence.TotalSeconds:0} s", fix);
        }

        if (figures.Count < Fewest)
        {
            string wait = age < figures.Window ? "Wait until the probe has run for a little while." : "See the verifier's log: the probe did not run.";
            return promise.Unknown($"Not enough samples yet: {figures.Count} of {Fewest}.", wait);
        }

        string percentiles = $"p50 {Milliseconds(figures.P50Milliseconds)}, p95 {Milliseconds(figures.P95Milliseconds)}, longest {Milliseconds(figures.MaxMilliseconds)}";
        string actual = $"p99 {Milliseconds(figures.P99Milliseconds)} ({percentiles}), N {figures.Count}, linger.ms {KafkaClientSettings.ProbeLinger.TotalMilliseconds}";
        return figures.P99Milliseconds <= _options.MaxLatency.TotalMilliseconds
            ? promise.Ok(actual)
            : promise.Failed(
                actual,
                $"Wait: it is ok again {figures.Window.TotalSeconds} s after the last slow probe. A lost broker holds writes up for some seconds (kafka.brokers, kafka.isr).");
    }

    private Verdict Judge(ProbeCounts counts)
    {
        string others = $"{counts.Seen} seen, {counts.Late} late, {counts.Duplicates} duplicate, {counts.Unknown} unknown";
        const string Fix = "They are gone, and so is whatever was acknowledged beside them: its readers must take it anew from MySQL (a snapshot of the connector)."
            + " Look for the cause: an unclean leader election, too low a min.insync.replicas. The count begins anew with `aspire resource verifier restart`.";
        return counts.Lost is not { } lost ? _lost.Unknown($"What is lost is not known: {others} since the probe's start.", "See the verifier's log.")
            : lost == 0 ? _lost.Ok($"0 lost; {others} since the probe's start")
            : _lost.Failed($"{lost} lost; {others} since the probe's start", Fix);
    }

    private static Promise Latency(string which, VerifiedLab lab, string because, params string[] follows) => new(
        $"kafka.latency.produce_{which}",
        ResourceNames.Kafka,
        $"p99 at most {lab.Options.Verifier.MaxLatency.TotalMilliseconds:0.#} ms of {Fewest} probes or more in the last {lab.ProbeWindow.TotalSeconds} s, acks=all",
        because)
    {
        How = $"a message each {lab.Options.Verifier.ProbeInterval.TotalMilliseconds:0} ms through {KafkaTopic.ProbeName}, timed from when it was due",
        Remedy = "the server that holds writes up is healed; then the time of the window passes",
        Source = "Lab:Verifier:MaxLatency; Apache Kafka, Producer Configs, acks",
        Follows =
        [
            "kafka.listeners.external", "kafka.brokers", "kafka.isr", "kafka.topics.probe", "kafka.min_insync_replicas", "kafka.setting.min.insync.replicas",
            "kafka.dynamic_settings", "kafka.quotas", "kafka.replication_factor", .. follows,
        ],
    };

    private static string Milliseconds(double? value) => value is { } known ? $"{known:0.#} ms" : "not known";
}
