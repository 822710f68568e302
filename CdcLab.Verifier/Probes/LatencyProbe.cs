using System.Diagnostics;
using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Verifier.Checks;
using CdcLab.Verifier.Telemetry;
using Confluent.Kafka;

namespace CdcLab.Verifier.Probes;

/// <summary>Sends one small message each <c>Lab:Verifier:ProbeInterval</c>, acks=all, in turn to every partition of the probe's topic, and reads each of them back.</summary>
/// <remarks>
/// The schedule is kept whatever the cluster does: no message waits for the one before (coordinated omission). Sender and reader are threads of their own: a
/// pool that is busy with checks must not show as the cluster's latency.
/// </remarks>
public sealed partial class LatencyProbe : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromSeconds(5);

    private readonly LabModel _model;
    private readonly KafkaAdmin _admin;
    private readonly VerifierFigures _figures;
    private readonly TimeProvider _time;
    private readonly ILogger<LatencyProbe> _log;
    private readonly SemaphoreSlim _topicGone = new(0, 1);
    private volatile Target? _target;
    private volatile string? _whyNot = "it has not begun";

    /// <summary>Makes the probe.</summary>
    /// <param name="model">The cluster.</param>
    /// <param name="admin">Makes the topic.</param>
    /// <param name="figures">Where each latency is counted.</param>
    /// <param name="time">The clock of the pauses; latencies are measured by <see cref="Stopwatch"/>.</param>
    /// <param name="log">The log.</param>
    public LatencyProbe(LabModel model, KafkaAdmin admin, VerifierFigures figures, TimeProvider time, ILogger<LatencyProbe> log)
    {
        _model = model;
        _admin = admin;
        _figures = figures;
        _time = time;
        _log = log;
    }

    /// <summary>What is known of the messages; null while the probe could not begin.</summary>
    public ProbeTrack? Track => _target?.Track;

    /// <summary>Why it could not begin, or why its topic is being made again.</summary>
    public string? WhyNot => _whyNot;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _topicGone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Building librdkafka's clients loads a native library: not on the thread that starts the service.
        await Task.Yield();
        using ProbeClients clients = new(_model.Kafka.ExternalBootstrap, Delivered);
        await AimAsync(clients, stoppingToken);
        if (stoppingToken.IsCancellationRequested)
            return;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        Task[] parts =
        [
            Task.Factory.StartNew(() => Send(clients, end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            Task.Factory.StartNew(() => Read(clients, end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            WatchTopicAsync(clients, end.Token),
        ];

        // They end together: when the verifier stops, or when one of them fails, which ends the verifier. The clients are disposed of after all three.
        await Task.WhenAny(parts);
        await end.CancelAsync();
        await Task.WhenAll(parts);
    }

    private async Task WatchTopicAsync(ProbeClients clients, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _topicGone.WaitAsync(cancellationToken);
                await AimAsync(clients, cancellationToken);
                await Task.Delay(Pause, _time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The verifier is stopping.
        }
    }

    /// <summary>Makes the topic where it is missing and places the consumer at its end, however often it must be tried.</summary>
    private async Task AimAsync(ProbeClients clients, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                (bool made, int partitions) = await ProbeTopic.EnsureAsync(_model, _admin, cancellationToken);
                if (made)
                    _target = null;
                if (_target?.Partitions != partitions)
                {
                    await Task.Run(() => clients.ReadFromEnd(partitions), cancellationToken);
                    _target = new(partitions, new ProbeTrack(_model.Options.Verifier.ProbeInterval, _model.Options.Verifier.MaxLatency, partitions, Stopwatch.GetTimestamp()));
                    LogBegins(ProbeTopic.Name, partitions, made ? "made now" : "there already");
                }

                _whyNot = null;
                return;
            }
            catch (KafkaException e)
            {
                _whyNot = $"the cluster {Unreachable.Words(e)}";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Send(ProbeClients clients, CancellationToken stoppingToken)
    {
        long period = (long)(_model.Options.Verifier.ProbeInterval.TotalSeconds * Stopwatch.Frequency);
        long longestCatchUp = (long)(LongestCatchUp.TotalSeconds * Stopwatch.Frequency);
        long intended = Stopwatch.GetTimestamp();
        for (int turn = 0; WaitUntil(intended, stoppingToken); turn++, intended += period)
        {
            if (_target is not { } target)
                continue;
            long number = target.Track.Intend(intended);
            if (!clients.Send(turn % target.Partitions, ProbeMessage.Write(target.Track.Run, number)))
            {
                target.Track.GivenUp(number, Stopwatch.GetTimestamp());
                TopicMayBeGone();
            }

            // The verifier itself did not run (paused, a machine that slept): what it could not send says nothing about the cluster.
            long behind = Stopwatch.GetTimestamp() - intended;
            if (behind > longestCatchUp)
            {
                intended += behind / period * period;
                LogSlept(behind / Stopwatch.Frequency);
            }
        }
    }

    private void Read(ProbeClients clients, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (clients.Read() is not ({ } message, { } at) || _target is not { } target)
                    continue;
                long? number = ProbeMessage.Number(target.Track.Run, message.Message.Value);
                if (target.Track.Consumed(number, message.Partition.Value, message.Offset.Value, at) is { } latency)
                    _figures.Consumed(latency);
            }
            catch (ConsumeException e)
            {
                // The verdict tells that nothing arrives; the client goes on by itself.
                if (e.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic)
                    TopicMayBeGone();
                stoppingToken.WaitHandle.WaitOne(Pause / 10);
            }
        }
    }

    private void Delivered(DeliveryReport<Null, byte[]> report)
    {
        long now = Stopwatch.GetTimestamp();
        if (_target is not { } target || ProbeMessage.Number(target.Track.Run, report.Message.Value) is not { } number)
            return;
        if (report.Error.IsError)
        {
            target.Track.GivenUp(number, now);
            if (report.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic)
                TopicMayBeGone();
        }
        else if (target.Track.Acknowledged(number, report.Partition.Value, report.Offset.Value, now) is { } latency)
        {
            _figures.Acknowledged(latency);
        }
    }

    private void TopicMayBeGone()
    {
        // Told by several threads and often; one look is enough.
        lock (_topicGone)
        {
            if (_topicGone.CurrentCount == 0)
                _topicGone.Release();
        }
    }

    /// <summary>A sleep ends up to a millisecond late, which would be the largest part of a figure: it sleeps whole milliseconds and spins for what is left of one.</summary>
    private static bool WaitUntil(long due, CancellationToken stoppingToken)
    {
        long left = (due - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency;
        if (left > 0 && stoppingToken.WaitHandle.WaitOne((int)left))
            return false;
        while (Stopwatch.GetTimestamp() < due)
            Thread.SpinWait(20);
        return !stoppingToken.IsCancellationRequested;
    }

    [LoggerMessage(510, LogLevel.Information, "The latency probe begins: topic {Topic}, {Partitions} partitions, {Made}.")]
    private partial void LogBegins(string topic, int partitions, string made);

    [LoggerMessage(511, LogLevel.Warning, "The verifier itself did not run for {Seconds} s; the probes of that time are left out.")]
    private partial void LogSlept(long seconds);

    private sealed record Target(int Partitions, ProbeTrack Track);
}
