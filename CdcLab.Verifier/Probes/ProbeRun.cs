using CdcLab.Verifier.Telemetry;
using Confluent.Kafka;

namespace CdcLab.Verifier.Probes;

/// <summary>Sends one small message each <c>Lab:Verifier:ProbeInterval</c>, acks=all, in turn to every partition of one topic, and reads each of them back.</summary>
/// <remarks>
/// The schedule is kept whatever the cluster does: no message waits for the one before (coordinated omission). Sender and reader are threads of their own: a
/// pool that is busy with checks must not show as the cluster's latency.
/// </remarks>
internal sealed partial class ProbeRun : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromSeconds(5);

    private readonly TimeSpan _interval;
    private readonly VerifierFigures _figures;
    private readonly ProbeTraces _traces;
    private readonly ILogger _log;
    private readonly ProbeClients _clients;

    public ProbeRun(VerifiedLab lab, IReadOnlyDictionary<string, string> needed, ProbeTopic topic, VerifierFigures figures, ProbeTraces traces, ILogger log)
    {
        Topic = topic;
        _interval = lab.Options.Verifier.ProbeInterval;
        _figures = figures;
        _traces = traces;
        _log = log;
        Track = new(_interval, lab.Options.Verifier.MaxLatency, topic.Partitions, Stopwatch.GetTimestamp());
        _clients = new(lab.Bootstrap, needed, Delivered);
    }

    public ProbeTopic Topic { get; }

    public ProbeTrack Track { get; }

    public void ReadFromEnd() => _clients.ReadFromEnd(Topic.Partitions);

    public Task SendAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Send(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public Task ReadAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Read(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => _clients.Dispose();

    private void Send(CancellationToken cancellationToken)
    {
        long period = (long)(_interval.TotalSeconds * Stopwatch.Frequency);
        long longestCatchUp = (long)(LongestCatchUp.TotalSeconds * Stopwatch.Frequency);
        long intended = Stopwatch.GetTimestamp();
        for (int turn = 0; WaitUntil(intended, cancellationToken); turn++, intended += period)
        {
            long number = Track.Intend(intended);
            _traces.Sent(Track.Run, number, turn % Topic.Partitions, intended);
            if (!_clients.Send(turn % Topic.Partitions, ProbeMessage.Write(Track.Run, number)))
            {
                Track.GivenUp(number, Stopwatch.GetTimestamp());
                _traces.GivenUp(Track.Run, number, "not_sent");
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

    private void Read(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (_clients.Read() is not ({ } message, { } at))
                    continue;
                long? number = ProbeMessage.Number(Track.Run, message.Message.Value);
                if (Track.Consumed(number, message.Partition.Value, message.Offset.Value, at) is not { } latency)
                    continue;
                _figures.Consumed(latency);
                _traces.Consumed(Track.Run, number!.Value, message.Offset.Value, message.LeaderEpoch);
            }
            catch (ConsumeException)
            {
                // The verdict tells that nothing arrives; the client goes on by itself.
                cancellationToken.WaitHandle.WaitOne(Pause);
            }
        }
    }

    private void Delivered(DeliveryReport<Null, byte[]> report)
    {
        long now = Stopwatch.GetTimestamp();
        if (ProbeMessage.Number(Track.Run, report.Message.Value) is not { } number)
            return;
        if (report.Error.IsError)
        {
            Track.GivenUp(number, now);
            _traces.GivenUp(Track.Run, number, report.Error.Code.ToString());
        }
        else if (Track.Acknowledged(number, report.Partition.Value, report.Offset.Value, now) is { } latency)
        {
            _figures.Acknowledged(latency);
            _traces.Acknowledged(Track.Run, number, report.Offset.Value);
        }
    }

    /// <summary>A sleep ends up to a millisecond late, which would be the largest part of a figure: it sleeps whole milliseconds and spins for what is left of one.</summary>
    private static bool WaitUntil(long due, CancellationToken cancellationToken)
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
