using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Checks;

/// <summary>Everything that this version of the verifier looks at, in the order in which it is shown.</summary>
internal sealed class LabChecks(
    VerifiedLab lab,
    MySqlAccess mySql,
    ClusterSource cluster,
    BrokerSettingsSource brokers,
    KafkaAccess kafka,
    LatencyProbe probe,
    FiguresStore figures,
    SimulatorCheck market)
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
        new KafkaBrokersCheck(lab, cluster),
        new KafkaControllerCheck(cluster),
        new KafkaIsrCheck(cluster),
        new KafkaReplicationFactorCheck(lab, cluster),
        new KafkaMinInSyncReplicasCheck(lab, brokers, cluster, kafka),
        new KafkaSettingsCheck(lab, brokers),
        KafkaListenersCheck.Internal(lab, lab.Containers ? figures : null),
        KafkaListenersCheck.External(lab),
        .. lab.Containers ? [new KafkaUiCheck(lab)] : Array.Empty<ICheck>(),
        new KafkaLatencyCheck(lab, probe),
        market,
        .. lab.Caps.Select(c => new MemoryCheck(c.Name, c.CapBytes, figures)),
    ];
}
