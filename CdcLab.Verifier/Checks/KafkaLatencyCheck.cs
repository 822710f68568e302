using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Checks;

/// <summary>The probe's latencies of the last seconds are short enough, and nothing acknowledged was lost. It judges what is in memory, so it may look more often than others.</summary>
internal sealed class KafkaLatencyCheck(VerifiedLab lab, LatencyProbe probe) : ICheck
{
    private const int Fewest = 20;

    private readonly VerifierOptions _options = lab.Options.Verifier;
    private readonly Promise _toAck = Latency("to_ack", lab, "Until all replicas in sync have a record it is not safe, and its producer waits.");
    private readonly Promise _toConsume = Latency("to_consume", lab, "What is captured must reach its reader soon.");
    private readonly Promise _lost = new(
        "kafka.probe.lost",
        ResourceNames.Kafka,
        "no probe message that was acknowledged (acks=all) is lost",
        "An acknowledged record must survive the loss of a broker. Late, duplicate and unknown are not loss.");

    public IReadOnlyList<Promise> Promises => [_toAck, _toConsume, _lost];

    public TimeSpan? Every => TimeSpan.FromSeconds(2);

    public Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        if (probe.Track is not { } track)
            throw new CannotLookException($"The probe could not begin: {probe.WhyNot ?? "its topic is being made"}.", "See whether the brokers run.");
        long now = Stopwatch.GetTimestamp();
        track.Sweep(now);
        (LatencyFigures toAck, LatencyFigures toConsume) = track.Latest(now);
        TimeSpan age = Stopwatch.GetElapsedTime(track.Started, now);
        return Task.FromResult<IReadOnlyList<Verdict>>([Judge(_toAck, toAck, age), Judge(_toConsume, toConsume, age), Judge(track.Counts)]);
    }

    private Verdict Judge(Promise promise, LatencyFigures figures, TimeSpan age)
    {
        if (figures.Count < Fewest)
        {
            string wait = age < figures.Window ? "Wait until the probe has run for a little while." : "See the verifier's log: the probe did not run.";
            return promise.Unknown($"Not enough samples yet: {figures.Count} of {Fewest}.", wait);
        }

        string percentiles = $"p50 {Milliseconds(figures.P50Milliseconds)}, p95 {Milliseconds(figures.P95Milliseconds)}, longest {Milliseconds(figures.MaxMilliseconds)}";
        string actual = $"p99 {Milliseconds(figures.P99Milliseconds)} ({percentiles}), N {figures.Count}, linger.ms {KafkaClientSettings.ProbeLinger.TotalMilliseconds}";
        return figures.P99Milliseconds <= _options.MaxLatency.TotalMilliseconds
            ? promise.Ok(actual)
            : promise.Failed(actual, $"See kafka.brokers and kafka.isr: a lost broker holds writes up for some seconds. The window is whole again {figures.Window.TotalSeconds} s after the last slow probe.");
    }

    private Verdict Judge(ProbeCounts counts)
    {
        string others = $"{counts.Seen} seen, {counts.Late} late, {counts.Duplicates} duplicate, {counts.Unknown} unknown";
        const string Fix = "Look for an unclean leader election or a min.insync.replicas that was too low; the count begins anew with the verifier.";
        return counts.Lost is not { } lost ? _lost.Unknown($"What is lost is not known: {others} since the probe's start.", "See the verifier's log.")
            : lost == 0 ? _lost.Ok($"0 lost; {others} since the probe's start")
            : _lost.Failed($"{lost} lost; {others} since the probe's start", Fix);
    }

    private static Promise Latency(string which, VerifiedLab lab, string because) => new(
        $"kafka.latency.produce_{which}",
        ResourceNames.Kafka,
        $"p99 at most {lab.Options.Verifier.MaxLatency.TotalMilliseconds:0.#} ms of {Fewest} probes or more in the last {lab.ProbeWindow.TotalSeconds} s, acks=all",
        because);

    private static string Milliseconds(double? value) => value is { } known ? $"{known:0.#} ms" : "not known";
}
