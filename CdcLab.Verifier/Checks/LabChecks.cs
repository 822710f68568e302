using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Checks;

/// <summary>Everything that this version of the verifier looks at, in the order in which it is shown.</summary>
internal sealed class LabChecks(
    VerifiedLab lab, MySqlAccess mySql, ClusterSource cluster, KafkaAccess kafka, LatencyProbe probe, FiguresStore figures, SimulatorCheck market)
{
    public IReadOnlyList<ICheck> All() =>
    [
        new MySqlAnswersCheck(mySql),
        new MySqlSettingsCheck(lab.Options.MySql, mySql),
        new MySqlBinlogCheck(mySql),
        new MySqlSchemaCheck(mySql),
        new MySqlGrantsCheck(mySql),
        new MarketInvariantsCheck(mySql),
        new ZooKeeperAnswersCheck(lab),
        .. lab.Brokers.Select(b => new BrokerAnswersCheck(lab, b)),
        new KafkaClusterCheck(lab, cluster),
        new KafkaSettingsCheck(lab, cluster, kafka),
        new KafkaListenersCheck(lab, KafkaSettings.InternalListener, lab.Containers ? figures : null),
        new KafkaListenersCheck(lab, KafkaSettings.ExternalListener),
        .. lab.Containers ? [new KafkaUiCheck(lab)] : Array.Empty<ICheck>(),
        new KafkaLatencyCheck(lab, probe),
        market,
        .. lab.Caps.Select(c => new MemoryCheck(c.Name, c.CapBytes, figures)),
    ];
}
