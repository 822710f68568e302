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
    public IReadOnlyDictionary<string, string>? ClientSettings => figures.Last?.LegacyKafka switch
    {
        null => null,
        true => LegacyClients.Settings,
        false => NoSettings,
    };

    public KafkaAdmin Admin
    {
        get
        {
            lock (_gate)
                return _admin ??= new(lab.Bootstrap, ClientSettings ?? throw new CannotLookException(NotYet, "Wait until its programs are fetched."));
        }
    }

    public IKafkaTopics Topics => figures.Last?.LegacyKafka == true ? new ZooKeeperTopics(lab.Ports.ZooKeeper) : Admin;

    public void Dispose() => _admin?.Dispose();
}
