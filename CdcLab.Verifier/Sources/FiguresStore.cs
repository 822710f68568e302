using CdcLab.Clients.Kafka.Legacy;

namespace CdcLab.Verifier.Sources;

/// <summary>The verifier's clients of the cluster; they can be made only when it is known which Kafka runs.</summary>
internal sealed class KafkaAccess(VerifiedLab lab, FiguresStore figures) : IDisposable
{
    private const string NotYet = "The AppHost has not yet said which Kafka runs.";
    private static readonly Dictionary<string, string> NoSettings = [];
    private readonly Lock _gate = new();
    private KafkaAdmin? _admin;

    /// <summary>What every client of this Kafka needs; null while it is not known which runs.</summary>
    public IReadOnlyDictionary<string, string>? ClientSettings =>
        figures.Last?.LegacyKafka is not { } legacy ? null : legacy ? LegacyClients.Settings : NoSettings;

    public KafkaAdmin Admin
    {
        get
        {
            lock (_gate)
                return _admin ??= new(lab.Bootstrap, ClientSettings ?? throw new CannotLookException(NotYet, "Wait until its programs are fetched."));
        }
    }

    public bool IsLegacy => figures.Last?.LegacyKafka == true;

    public IKafkaTopics Topics => IsLegacy ? new ZooKeeperTopics(lab.Ports.ZooKeeper) : Admin;

    public void Dispose() => _admin?.Dispose();
}

/// <summary>What the AppHost sent last. Figures that are older than a few of its rounds say nothing any more.</summary>
internal sealed class FiguresStore(TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(15);
    private volatile Sent? _sent;

    /// <summary>The last figures; null where none came, or none for some time.</summary>
    public LabFigures? Fresh => _sent is { } sent && time.GetElapsedTime(sent.At) <= MaxAge ? sent.Figures : null;

    public LabFigures? Last => _sent?.Figures;

    /// <summary>When the last figures came; null where none did.</summary>
    public DateTimeOffset? At => _sent?.Came;

    public void Take(LabFigures figures) => _sent = new(figures, time.GetTimestamp(), time.GetUtcNow());

    public LabFigures Require() => Fresh ?? throw new CannotLookException("The AppHost has not sent its figures for some time.", "See whether the AppHost runs.");

    private sealed record Sent(LabFigures Figures, long At, DateTimeOffset Came);
}
