using CdcLab.Clients.Market;
using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Checks;

/// <summary>Everything that is looked at, in the order in which it is shown.</summary>
internal sealed class AllChecks(
    VerifiedLab lab, MySqlAccess access, ClusterSource cluster, FiguresStore figures, KafkaAccess kafka, LatencyProbe probe, SimulatorCheck market, MarketClient client, TimeProvider time)
{
    private readonly KafkaFix _fix = new(lab, figures);

    public IReadOnlyList<ICheck> InOrder =>
    [
        new MySqlAnswersCheck(access),
        new MySqlSettingsCheck(lab.Options.MySql, access),
        new DiskCheck(figures),
        new MySqlBinlogCheck(access),
        new MySqlBinlogContentCheck(access, time),
        new MySqlBinlogHistoryCheck(lab, access, time),
        new MySqlSchemaCheck(access),
        new MySqlPrimaryKeysCheck(access),
        new MySqlGrantsCheck(access),
        market,
        new MarketDataCheck(access, client, lab.Ledger, time),
        new ZooKeeperAnswersCheck(lab),
        .. lab.Brokers.Select(b => new BrokerAnswersCheck(lab, b)),
        new KafkaClusterCheck(lab, cluster),
        new KafkaTopicsCheck(lab, cluster, kafka, _fix),
        new KafkaSettingsCheck(lab, kafka, _fix),
        new KafkaListenersCheck(lab, KafkaSettings.InternalListener, _fix, lab.Containers ? figures : null),
        new KafkaListenersCheck(lab, KafkaSettings.ExternalListener, _fix),
        new KafkaLatencyCheck(lab, probe),
        .. lab.Containers ? [new KafkaUiCheck(lab)] : Array.Empty<ICheck>(),
        .. lab.Caps.Select(c => new MemoryCheck(c.Name, c.CapBytes, figures)),
    ];
}
