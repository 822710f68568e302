using CdcLab.Clients.Kafka;
using CdcLab.Clients.Kafka.Legacy;
using CdcLab.Model.Reports;
using CdcLab.Model.Servers;
using Confluent.Kafka;

namespace CdcLab.Benchmarks;

/// <summary>The verifier's latency probe against a bare librdkafka loop: in turns, on the same topic of the same brokers, 100 messages a second each. While the
/// loop runs the verifier is paused.</summary>
internal static class ProbeLatency
{
    private const double Target = 1.1;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    // The verifier's figures are of a window of this length, and only of the time since it was resumed.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(4);

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, CancellationToken cancellationToken)
    {
        string[] settings =
            ["--Lab:Dashboard:Enabled=false", "--Lab:Simulator:OrdersPerSecond=0", $"--Lab:Verifier:ProbeInterval={Period.TotalMilliseconds}ms"];
        await using LabProcess lab = await place.StartLabAsync("probe", settings, cancellationToken);
        LabReport report = await lab.Verifier.ReportAsync(cancellationToken);
        int verifier = await lab.PidAsync(ResourceNames.Verifier, cancellationToken);
        string bootstrap = string.Join(',', Enumerable.Range(1, 3).Select(i => $"127.0.0.1:{place.PortBase + 10 + i}"));
        int partitions = report.Cluster?.Topics.First(t => t.Name == KafkaTopic.ProbeName).Partitions
            ?? throw new BenchmarkException("The verifier told nothing of the cluster.");
        using BareLoop loop = new(bootstrap, report.Figures?.LegacyKafka == true ? LegacyClients.Settings : new Dictionary<string, string>(), partitions);
        // Code that has run before, on both sides.
        await PausedAsync(Margin);
        Samples probe = new(), bare = new();
        for (int turn = 0; turn < place.Turns; turn++)
        {
            await Task.Delay(Window + Margin, cancellationToken);
            report = await lab.Verifier.ReportAsync(cancellationToken);
            LatencyFigures? figures = report.Latencies.FirstOrDefault(l => l.Name == "produce-to-consume" && l.Window == Window);
            probe.Add(figures?.P50Milliseconds ?? throw new BenchmarkException($"The verifier has no latencies of the last {Window.TotalSeconds:0} s."));
            double[] latencies = [.. (await PausedAsync(Window)).Order()];
            bare.Add(latencies[latencies.Length / 2]);
            place.Say($"probe {probe.Last:0.00} ms, bare loop {bare.Last:0.00} ms of {latencies.Length} messages");
        }

        await lab.StopAsync("TERM", cancellationToken);
        Samples ratio = probe.Against(bare);
        string both = $"probe {probe.Text("0.00", " ms")}, loop {bare.Text("0.00", " ms")}";
        bool met = ratio.Median <= Target;
        return [Result.Ratio("probe at 100 messages/s, produce to consume, p50, against a bare loop", ratio, both, $"at most {Target}x", met)];

        async Task<IReadOnlyList<double>> PausedAsync(TimeSpan window)
        {
            Proc.Signal(verifier, "STOP");
            try
            {
                return await loop.RunAsync(window, Period, cancellationToken);
            }
            finally
            {
                Proc.Signal(verifier, "CONT");
            }
        }
    }

    /// <summary>The least that measures produce-to-consume: a producer and a consumer with the probe's settings, timed before send and after read.</summary>
    private sealed class BareLoop : IDisposable
    {
        // As large as the probe's message.
        private const int MessageSize = 24;
        private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

        private readonly int _partitions;
        private readonly IProducer<Null, byte[]> _producer;
        private readonly IConsumer<Ignore, byte[]> _consumer;

        public BareLoop(string bootstrap, IReadOnlyDictionary<string, string> needed, int partitions)
        {
            _partitions = partitions;
            ProducerConfig settings = KafkaClientSettings.ProbeProducer(bootstrap, needed, TimeSpan.FromSeconds(30));
            _producer = new ProducerBuilder<Null, byte[]>(settings).SetLogHandler(static (_, _) => { }).Build();
            _consumer = new ConsumerBuilder<Ignore, byte[]>(KafkaClientSettings.ProbeConsumer(bootstrap, needed)).SetLogHandler(static (_, _) => { }).Build();
        }

        /// <summary>Runs for a while.</summary>
        /// <returns>Every latency in milliseconds.</returns>
        public async Task<IReadOnlyList<double>> RunAsync(TimeSpan window, TimeSpan period, CancellationToken cancellationToken)
        {
            // The probe wrote into the topic meanwhile: from its end on.
            _consumer.Assign(Enumerable.Range(0, _partitions)
                .Select(i => new TopicPartition(KafkaTopic.ProbeName, i))
                .Select(p => new TopicPartitionOffset(p, _consumer.QueryWatermarkOffsets(p, AnswerLimit).High))
                .ToArray());
            List<double> latencies = [];
            using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task reading = OnThread(() => Read(latencies, end.Token));
            Task sending = OnThread(() => Send(window, period, end.Token));
            await sending;
            _producer.Flush(AnswerLimit);
            await end.CancelAsync();
            await reading;
            return latencies.Count > 0 ? latencies : throw new BenchmarkException("The bare loop read none of its messages.");
        }

        public void Dispose()
        {
            _consumer.Dispose();
            _producer.Dispose();
        }

        private static Task OnThread(Action work) =>
            Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        private void Send(TimeSpan window, TimeSpan period, CancellationToken cancellationToken)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int turn = 0; Stopwatch.GetElapsedTime(begin) < window && !cancellationToken.IsCancellationRequested; turn++)
            {
                TimeSpan left = (period * turn) - Stopwatch.GetElapsedTime(begin);
                if (left > TimeSpan.Zero)
                    Thread.Sleep(left);
                byte[] value = new byte[MessageSize];
                BitConverter.TryWriteBytes(value, Stopwatch.GetTimestamp());
                _producer.Produce(new TopicPartition(KafkaTopic.ProbeName, turn % _partitions), new() { Value = value }, static _ => { });
            }
        }

        private void Read(List<double> latencies, CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                if (_consumer.Consume(100) is { Message: { } message })
                    latencies.Add(Stopwatch.GetElapsedTime(BitConverter.ToInt64(message.Value)).TotalMilliseconds);
            }
        }
    }
}
