using System.Text.Json;
using CdcLab.Clients.Connect;
using CdcLab.Clients.Kafka;
using CdcLab.Clients.Market;
using CdcLab.Model.Options;
using CdcLab.Model.Reports;
using CdcLab.Model.Schema;
using Confluent.Kafka;

namespace CdcLab.Benchmarks;

/// <summary>Change data capture: from the commit to a consumer of this program's own, and snapshot and catch-up against the same Debezium in a plain script's worker.</summary>
internal static class Changes
{
    private const double LatencyTarget = 60, AgreementTarget = 0.15, SpeedTarget = 0.95;
    private const int Enough = 20_000, Backlog = 50_000;
    // The verifier's figure is that of the last five minutes and of the part of one that has begun, which is why one passes before.
    private static readonly TimeSpan Before = TimeSpan.FromMinutes(1), Window = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5), Silence = TimeSpan.FromSeconds(4);

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DEBEZIUM_HOME")))
            throw new BenchmarkException("DEBEZIUM_HOME names no folder with Kafka Connect and Debezium (docs/debezium.md).");
        await using LabProcess lab = await place.StartLabAsync("changes", ["--Lab:Dashboard:Enabled=false", "--Lab:Debezium:Start=true", "--Lab:Simulator:OrdersPerSecond=20"], cancellationToken);
        using MarketClient market = lab.Market();
        List<Result> results = [await LatencyAsync(20, 0), await LatencyAsync(200, Enough)];

        await using PlainConnect plain = await PlainConnect.StartAsync(place, lab, cancellationToken);
        using ConnectClient own = new(new Uri($"http://127.0.0.1:{place.PortBase + 8}"), ResourceNames.OrdersCdc);
        Samples ownSnapshot = new(), plainSnapshot = new(), ownCatchUp = new(), plainCatchUp = new();
        // The first turn counts for nothing: Java compiles most of what the others run.
        for (int turn = -1; turn < place.Turns; turn++)
        {
            string counted = turn < 0 ? "not counted: " : "";
            if (turn == 0)
                (ownSnapshot, plainSnapshot, ownCatchUp, plainCatchUp) = (new(), new(), new(), new());
            await market.PauseAsync(cancellationToken);
            await RestAsync();
            // Who comes first changes from turn to turn.
            await InTurnAsync(turn, () => OwnRateAsync(ownSnapshot, () => SnapshotAsync(own)), () => RateAsync(plainSnapshot, PlainConnect.Prefix, () => SnapshotAsync(plain.Client)));
            place.Say($"{counted}snapshot: lab {ownSnapshot.Last:0}/s, plain script {plainSnapshot.Last:0}/s");
            await StopAsync(own);
            await StopAsync(plain.Client);
            await market.SetRateAsync(OrderRate.Max, cancellationToken);
            await market.ResumeAsync(cancellationToken);
            long before = (await lab.Verifier.ReportAsync(cancellationToken)).Orders ?? 0;
            while ((await lab.Verifier.ReportAsync(cancellationToken)).Orders - before < Backlog)
                await Task.Delay(500, cancellationToken);
            await market.PauseAsync(cancellationToken);
            await RestAsync();
            await InTurnAsync(turn, () => OwnRateAsync(ownCatchUp, () => own.ResumeAsync(cancellationToken)), () => RateAsync(plainCatchUp, PlainConnect.Prefix, () => plain.Client.ResumeAsync(cancellationToken)));
            place.Say($"{counted}catch-up: lab {ownCatchUp.Last:0}/s, plain script {plainCatchUp.Last:0}/s");
        }

        await plain.DisposeAsync();
        await lab.StopAsync("TERM", cancellationToken);
        results.Add(Against("snapshot of both tables, rows a second, against the same Debezium by a plain script", ownSnapshot, plainSnapshot, null));
        results.Add(Against("catch-up after a stop, changes a second, against the same Debezium by a plain script", ownCatchUp, plainCatchUp, SpeedTarget));
        return results;

        async Task<Result> LatencyAsync(int rate, int least)
        {
            await market.SetRateAsync(new OrderRate(rate), cancellationToken);
            using ChangeReader reader = new(Bootstrap(place), "lab");
            reader.FromEnd();
            List<double> latencies = [];
            int verifier = await lab.PidAsync(ResourceNames.Verifier, cancellationToken);
            (long began, TimeSpan busy) = (Stopwatch.GetTimestamp(), Proc.Used(verifier));
            while (Stopwatch.GetElapsedTime(began) < Before + Window)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (reader.Next() is { CommittedAt: { } committed } && Stopwatch.GetElapsedTime(began) > Before)
                    latencies.Add((DateTime.UtcNow - committed).TotalMilliseconds);
            }

            if (latencies.Count < Math.Max(least, 1))
                throw new BenchmarkException($"Only {latencies.Count} changes came within {Window.TotalMinutes:0} minutes.");

            double share = 100 * (Proc.Used(verifier) - busy) / Stopwatch.GetElapsedTime(began);
            LatencyFigures told = (await lab.Verifier.ReportAsync(cancellationToken)).Latencies.FirstOrDefault(l => l.Name == "commit-to-consumer")
                ?? throw new BenchmarkException("The verifier tells no latency from commit to consumer.");
            double[] sorted = [.. latencies.Order()];
            double p50 = sorted[sorted.Length / 2];
            place.Say($"commit to consumer at {rate}/s: p50 {p50:0} ms");
            double off = Math.Abs((told.P50Milliseconds ?? double.NaN) - p50) / p50;
            return new(
                $"commit to consumer at {rate} orders/s, p50",
                $"{p50:0} ms",
                $"N {sorted.Length:N0}, p99 {sorted[(int)(0.99 * (sorted.Length - 1))]:0} ms; the verifier says {told.P50Milliseconds:0} ms of {told.Count:N0}, {off:0.0%} off; its processor {share:0.0} % of a core",
                $"under {LatencyTarget} ms, and within {AgreementTarget:0%}",
                p50 < LatencyTarget && off <= AgreementTarget);
        }

        // The verifier reads behind the connector; the plain script's turn is to begin after it.
        async Task OwnRateAsync(Samples samples, Func<Task> begin)
        {
            await RateAsync(samples, "lab", begin);
            while ((await lab.Verifier.ReportAsync(cancellationToken)).Checks.First(c => c.Id == "cdc.flow").Outcome != Outcome.Ok)
                await Task.Delay(500, cancellationToken);
        }

        // From the first that comes to the last: a start of Java, or a look for the next try, is no speed.
        async Task RateAsync(Samples samples, string prefix, Func<Task> begin)
        {
            using ChangeReader reader = new(Bootstrap(place), prefix);
            reader.FromEnd();
            await begin();
            long began = Stopwatch.GetTimestamp(), first = 0, last = 0;
            for (long count = 0; ;)
            {
                if (Stopwatch.GetElapsedTime(began) > Limit)
                    throw new BenchmarkException($"The connector of {prefix} did not come to its end within {Limit.TotalMinutes:0} minutes.");
                if (reader.Next() is not null)
                {
                    last = Stopwatch.GetTimestamp();
                    first = count++ == 0 ? last : first;
                }
                else if (count > 0 && Stopwatch.GetElapsedTime(last) > Silence)
                {
                    samples.Add(count / Stopwatch.GetElapsedTime(first, last).TotalSeconds);
                    return;
                }
            }
        }

        async Task SnapshotAsync(ConnectClient connector)
        {
            await StopAsync(connector);
            await connector.DeleteOffsetsAsync(cancellationToken);
            await connector.ResumeAsync(cancellationToken);
        }

        async Task StopAsync(ConnectClient connector)
        {
            await connector.StopAsync(cancellationToken);
            while (await connector.StatusAsync(cancellationToken) is not { Connector.State: "STOPPED", Tasks.Count: 0 })
                await Task.Delay(200, cancellationToken);
        }

        Task RestAsync() => Task.Delay(Silence, cancellationToken);
    }

    private static async Task InTurnAsync(int turn, Func<Task> one, Func<Task> other)
    {
        await (int.IsEvenInteger(turn) ? one : other)();
        await (int.IsEvenInteger(turn) ? other : one)();
    }

    private static Result Against(string number, Samples own, Samples plain, double? target)
    {
        Samples ratio = own.Against(plain);
        return Result.Ratio(number, ratio, $"lab {own.Text("0", "/s")}, plain script {plain.Text("0", "/s")}", target is { } least ? $"at least {least}x" : "", target is null ? null : ratio.Median >= target);
    }

    private static string Bootstrap(Workplace place) => string.Join(',', Enumerable.Range(1, 3).Select(i => $"127.0.0.1:{place.PortBase + 10 + i}"));

    /// <summary>One change: when it was committed; null for a deletion, a tombstone and a row of a snapshot.</summary>
    private sealed record Change(DateTime? CommittedAt);

    /// <summary>The least that reads a connector's topics.</summary>
    private sealed class ChangeReader(string bootstrap, string prefix) : IDisposable
    {
        private static readonly (TableSpec Table, string Time)[] Topics = [(OrdersSchema.Orders, "updated_at"), (OrdersSchema.OrderExecutions, "executed_at")];

        private readonly IConsumer<byte[], byte[]?> _consumer =
            new ConsumerBuilder<byte[], byte[]?>(KafkaClientSettings.ChangeConsumer(bootstrap, new Dictionary<string, string>())).SetLogHandler(static (_, _) => { }).Build();

        public void FromEnd()
        {
            List<TopicPartitionOffset> all = [];
            foreach ((TableSpec table, _) in Topics)
            {
                for (int partition = 0; partition < 3; partition++)
                {
                    TopicPartition one = new($"{prefix}.{OrdersSchema.Database}.{table.Name}", partition);
                    all.Add(new(one, _consumer.QueryWatermarkOffsets(one, TimeSpan.FromSeconds(10)).High));
                }
            }

            _consumer.Assign(all);
        }

        public Change? Next()
        {
            if (_consumer.Consume(100) is not { } read)
                return null;
            if (read.Message.Value is not { } value)
                return new(null);
            using JsonDocument json = JsonDocument.Parse(value);
            string time = Topics.First(t => read.Topic.EndsWith("." + t.Table.Name, StringComparison.Ordinal)).Time;
            return json.RootElement.GetProperty("op").GetString() is "c" or "u"
                ? new(DateTime.UnixEpoch.AddMilliseconds(json.RootElement.GetProperty("after").GetProperty(time).GetInt64()))
                : new(default(DateTime?));
        }

        public void Dispose() => _consumer.Dispose();
    }
}
