using CdcLab.Verifier.Telemetry;
using Confluent.Kafka;

namespace CdcLab.Verifier.Probes;

/// <summary>Keeps one <see cref="ProbeRun"/> going for as long as the verifier runs, and begins another where the topic was deleted and made again.</summary>
/// <remarks>Another topic needs other clients: librdkafka 2.16 takes the leaders of a topic that was made again for old news when its leader epoch is lower than the
/// one it knows, and its consumer then reads nothing for ever.</remarks>
internal sealed partial class LatencyProbe(
    VerifiedLab lab, KafkaAccess kafka, VerifierFigures figures, ProbeTraces traces, TimeProvider time, ILogger<LatencyProbe> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TopicInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TopicLimit = TimeSpan.FromSeconds(5);

    private volatile ProbeRun? _run;
    private volatile string? _whyNot = "it has not begun";

    /// <summary>What is known of the messages; null while the probe could not begin.</summary>
    public ProbeTrack? Track => _run?.Track;

    public string? WhyNot => _whyNot;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Building librdkafka's clients loads a native library: not on the thread that starts the service.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is KafkaException or CannotLookException)
            {
                _whyNot = e is KafkaException ? $"the cluster {Unreachable.Words(e)}" : e.Message.TrimEnd('.');
            }

            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        // A consumer makes Kafka create its offsets topic, and an old Kafka gives it only as many copies as the broker that is asked knows brokers at that moment;
        // the first probes would be slow too.
        string[] missing = [.. from broker in await Task.WhenAll(lab.Brokers.Select(b => KnowsAllAsync(b, stoppingToken))) where broker is not null select broker];
        if (missing.Length > 0)
            throw new CannotLookException($"it waits until every broker knows all others; {string.Join(", ", missing)} does not yet", Unreachable.Restart(missing));

        ((string Id, int Partitions) topic, bool made) = await TopicAsync(stoppingToken);
        using ProbeRun run = new(lab, kafka.ClientSettings!, topic.Partitions, figures, traces, log);
        await Task.Run(run.ReadFromEnd, stoppingToken);
        LogBegins(KafkaTopic.ProbeName, topic.Partitions, made ? "made now" : "there already");
        (_run, _whyNot) = (run, null);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] parts = [.. run.Start(end.Token), UntilAnotherTopicAsync(topic, end.Token)];

        // They end together: when the verifier stops, when the topic is another one, or when one of them fails.
        await Task.WhenAny(parts);
        await end.CancelAsync();
        _run = null;
        await Task.WhenAll(parts);
    }

    // Its name where it does not.
    private async Task<string?> KnowsAllAsync(BrokerAddresses broker, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(TopicLimit);
        try
        {
            return (await Clients.Kafka.BrokerMetadata.AskAsync(lab.ReachAddress, lab.Ports.External(broker.Id), end.Token)).Count < lab.Brokers.Count ? broker.Name : null;
        }
        catch (Exception e) when (Unreachable.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            return broker.Name;
        }
    }

    /// <summary>The probe's own topic, made where there is none: nobody else's data is touched. It may have been made for another number of brokers.</summary>
    private async Task<((string Id, int Partitions) Topic, bool Made)> TopicAsync(CancellationToken cancellationToken)
    {
        bool made = false;
        (string, int)? found;
        while ((found = await kafka.Topics.TopicAsync(KafkaTopic.ProbeName, TopicLimit, cancellationToken)) is null)
        {
            KafkaTopic wanted = lab.ProbeTopic;
            made |= await kafka.Topics.CreateTopicAsync(wanted, TopicLimit, cancellationToken);

            // Not every broker knows of it at once.
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellationToken);
        }

        return (found.Value, made);
    }

    private async Task UntilAnotherTopicAsync((string Id, int Partitions) topic, CancellationToken cancellationToken)
    {
        (string Id, int Partitions)? now = topic;
        while (now == topic)
        {
            await Task.Delay(TopicInterval, time, cancellationToken);
            try
            {
                now = await kafka.Topics.TopicAsync(KafkaTopic.ProbeName, TopicLimit, cancellationToken);
            }
            catch (KafkaException)
            {
                // A cluster that does not answer says nothing about the topic.
            }
        }

        _whyNot = "its topic was deleted";
    }

    [LoggerMessage(510, LogLevel.Information, "The latency probe begins: topic {Topic}, {Partitions} partitions, {Made}.")]
    private partial void LogBegins(string topic, int partitions, string made);
}
