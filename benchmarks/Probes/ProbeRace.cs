using CdcLab.Benchmarks.Figures;
using CdcLab.Clients.Control;
using CdcLab.Clients.Kafka;
using CdcLab.Clients.Verdicts;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Verifier.Probes;

namespace CdcLab.Benchmarks.Probes;

/// <summary>The verifier's latency probe against a bare librdkafka loop: in turn on the same cluster, topics of the same shape, the same settings, 100 messages
/// a second each. While the loop runs the verifier is paused.</summary>
/// <param name="run">The lab.</param>
internal sealed class ProbeRace(RunRecord run)
{
    /// <summary>100 messages a second.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    private const string Topic = "cdclab.bare-loop";
    // The verifier's figures are of a window of this length, and only of the time since it was resumed.
    private static readonly TimeSpan Window = ProbeTrack.Window;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(3);

    /// <summary>The probe's p50 in milliseconds, one for each turn.</summary>
    public Samples Probe { get; } = new();

    /// <summary>The loop's p50 in milliseconds, one for each turn.</summary>
    public Samples Loop { get; } = new();

    /// <summary>Messages in a turn of the probe.</summary>
    public long Messages { get; private set; }

    public async Task RunAsync(int pairs, CancellationToken cancellationToken)
    {
        LabModel model = LabModel.From(new LabOptions(), run.Ports!, LabRuntimeKind.Embedded);
        int partitions = Math.Max(model.Options.Kafka.Partitions, model.Kafka.Brokers.Count);
        using KafkaAdmin admin = new(model.Kafka.ExternalBootstrap, run.Abilities!.KafkaClientSettings);
        await admin.CreateTopicAsync(Topic, partitions, model.Kafka.ReplicationFactor, new Dictionary<string, string>(StringComparer.Ordinal), TimeSpan.FromSeconds(10), cancellationToken);
        using BareLoop loop = new(model.Kafka.ExternalBootstrap, run.Abilities!.KafkaClientSettings, Topic, partitions);
        using ControlClient control = new(run.Ports!.Control, run.Token!);
        // Code that has run before, on both sides.
        await loop.RunAsync(Margin, Period, cancellationToken);
        for (int i = 0; i < pairs; i++)
        {
            await Task.Delay(Window + Margin, cancellationToken);
            await ReadProbeAsync(cancellationToken);
            await control.CommandAsync(ResourceNames.Verifier, ServerCommand.Pause, cancellationToken);
            try
            {
                double[] latencies = [.. (await loop.RunAsync(Window, Period, cancellationToken)).Order()];
                Loop.Add(latencies[(int)Math.Ceiling(0.5 * latencies.Length) - 1]);
            }
            finally
            {
                await control.CommandAsync(ResourceNames.Verifier, ServerCommand.Resume, CancellationToken.None);
            }
        }
    }

    private async Task ReadProbeAsync(CancellationToken cancellationToken)
    {
        using VerdictsClient verifier = new(run.Ports!.Verifier, token: null);
        LatencyFigures? latest = (await verifier.ReportAsync(cancellationToken)).Latencies.FirstOrDefault(l => l.Name == LatencyNames.ToConsume && l.Window == Window);
        if (latest is not { P50Milliseconds: { } p50 })
            throw new BenchmarkException("The verifier has no latencies of the last 30 s.");
        Probe.Add(p50);
        Messages = latest.Count;
    }
}
