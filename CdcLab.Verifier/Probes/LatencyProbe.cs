using CdcLab.Verifier.Telemetry;
using Confluent.Kafka;

namespace CdcLab.Verifier.Probes;

/// <summary>Keeps one <see cref="ProbeRun"/> going for as long as the verifier runs, and begins another where the topic was deleted and made again.</summary>
/// <remarks>
/// Another topic needs other clients: librdkafka 2.16 takes the leaders of a topic that was made again for old news when its leader epoch is lower than the
/// one it knows, and its consumer then reads nothing for ever.
/// </remarks>
internal sealed partial class LatencyProbe : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TopicInterval = TimeSpan.FromSeconds(2);

    private readonly VerifiedLab _lab;
    private readonly KafkaAccess _kafka;
    private readonly ClusterSource _cluster;
    private readonly VerifierFigures _figures;
    private readonly ProbeTraces _traces;
    private readonly TimeProvider _time;
    private readonly ILogger<LatencyProbe> _log;
    private volatile ProbeRun? _run;
    private volatile string? _whyNot = "it has not begun";

    internal LatencyProbe(VerifiedLab lab, KafkaAccess kafka, ClusterSource cluster, VerifierFigures figures, ProbeTraces traces, TimeProvider time, ILogger<LatencyProbe> log)
    {
        _lab = lab;
        _kafka = kafka;
        _cluster = cluster;
        _figures = figures;
        _traces = traces;
        _time = time;
        _log = log;
    }

    /// <summary>What is known of the messages; null while the probe could not begin.</summary>
    public ProbeTrack? Track => _run?.Track;

    public string? WhyNot => _whyNot;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Building librdkafka's clients loads a native library: not on the thread that starts the service.
        await Task.Yield();
        while (await TopicAsync(stoppingToken) is { } topic)
            await RunAsync(topic, stoppingToken);
    }

    private async Task RunAsync(ProbeTopic topic, CancellationToken stoppingToken)
    {
        using ProbeRun run = new(_lab, _kafka.ClientSettings!, topic, _figures, _traces, _log);
        if (!await AimAsync(run, stoppingToken))
            return;
        _run = run;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] parts = [run.SendAsync(end.Token), run.ReadAsync(end.Token), UntilAnotherTopicAsync(topic, end.Token)];

        // They end together: when the verifier stops, when the topic is another one, or when one of them fails, which ends the verifier.
        await Task.WhenAny(parts);
        await end.CancelAsync();
        _run = null;
        await Task.WhenAll(parts);
    }

    /// <summary>The topic, made where it is missing, however often it must be tried; null when the verifier stops.</summary>
    private async Task<ProbeTopic?> TopicAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ThrowIfBrokersMissAsync(stoppingToken);
                (ProbeTopic topic, bool made) = await ProbeTopic.EnsureAsync(_lab, _kafka.Topics, stoppingToken);
                LogBegins(KafkaTopic.ProbeName, topic.Partitions, made ? "made now" : "there already");
                return topic;
            }
            catch (KafkaException e)
            {
                _whyNot = $"the cluster {Unreachable.Words(e)}";
            }
            catch (CannotLookException e)
            {
                _whyNot = e.Message.TrimEnd('.');
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return null;
            }

            await Task.Delay(Pause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    // A consumer makes Kafka create its offsets topic, and an old Kafka gives it only as many copies as there are brokers at that moment; the first probes would be slow too.
    private async Task ThrowIfBrokersMissAsync(CancellationToken cancellationToken)
    {
        ClusterState state = await _cluster.SeeAsync(cancellationToken);
        if (_lab.Brokers.FirstOrDefault(b => state.Brokers.All(r => r.Id != b.Id)) is { } missing)
            throw new CannotLookException($"it waits until every broker has joined; {missing.Name} has not", Unreachable.Start(missing.Name));
    }

    private async Task<bool> AimAsync(ProbeRun run, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Run(run.ReadFromEnd, stoppingToken);
                _whyNot = null;
                return true;
            }
            catch (KafkaException e)
            {
                _whyNot = $"the cluster {Unreachable.Words(e)}";
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(Pause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await IsAnotherAsync(run.Topic, stoppingToken))
                return false;
        }

        return false;
    }

    private async Task UntilAnotherTopicAsync(ProbeTopic topic, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(TopicInterval, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (await IsAnotherAsync(topic, cancellationToken))
            {
                _whyNot = "its topic was deleted";
                return;
            }
        }
    }

    private async Task<bool> IsAnotherAsync(ProbeTopic topic, CancellationToken cancellationToken)
    {
        try
        {
            return await ProbeTopic.FindAsync(_kafka.Topics, cancellationToken) is not { } now || now != topic;
        }
        catch (KafkaException)
        {
            // A cluster that does not answer says nothing about the topic.
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    [LoggerMessage(510, LogLevel.Information, "The latency probe begins: topic {Topic}, {Partitions} partitions, {Made}.")]
    private partial void LogBegins(string topic, int partitions, string made);
}
