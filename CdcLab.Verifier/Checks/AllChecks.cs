using CdcLab.Clients.Connect;
using CdcLab.Verifier.Cdc;
using CdcLab.Verifier.Probes;

namespace CdcLab.Verifier.Checks;

/// <summary>Everything that is looked at, in the order in which it is shown.</summary>
internal sealed class AllChecks(
    VerifiedLab lab, MySqlAccess access, ClusterSource cluster, FiguresStore figures, KafkaAccess kafka, LatencyProbe probe, SimulatorCheck market, MarketDataCheck data,
    ConnectClient connect, ChangeFollower changes, TimeProvider time)
{
    private readonly KafkaFix _fix = new(lab, figures);

    public IReadOnlyList<ICheck> InOrder =>
    [
        new MySqlAnswersCheck(access),
        new MySqlSettingsCheck(lab.Options.MySql, access),
        new MySqlDynamicSettingsCheck(lab.Options.MySql, access, new VariablesBaseline(lab.Options.DataDirectory), time),
        new DiskCheck(figures),
        new MySqlBinlogCheck(access),
        new MySqlBinlogContentCheck(access, time),
        new MySqlBinlogHistoryCheck(lab, access, time),
        new MySqlSchemaCheck(access),
        new MySqlPrimaryKeysCheck(access),
        new MySqlGrantsCheck(access),
        new MySqlTriggersCheck(figures),
        market,
        data,
        new ZooKeeperAnswersCheck(lab),
        .. lab.Brokers.Select(b => new BrokerAnswersCheck(lab, b, cluster)),
        new KafkaClusterCheck(lab, cluster, _fix),
        new KafkaTopicsCheck(lab, cluster, kafka, _fix),
        new KafkaSettingsCheck(lab, cluster, kafka, _fix),
        new KafkaQuotasCheck(cluster, _fix),
        new KafkaListenersCheck(lab, KafkaSettings.InternalListener, _fix, lab.Containers ? figures : null),
        new KafkaListenersCheck(lab, KafkaSettings.ExternalListener, _fix),
        new KafkaLatencyCheck(lab, probe),
        new ConnectAnswersCheck(lab, connect),
        new ConnectorCheck(lab, connect, time),
        new ConnectorPositionCheck(connect, access, figures, changes, time),
        new ConnectTopicsCheck(connect, cluster),
        new ConnectSourceCheck(connect, access, figures),
        new ChangeCheck(lab, changes, access, time),
        .. lab.Containers ? [new KafkaUiCheck(lab)] : Array.Empty<ICheck>(),
        .. lab.Caps.Select(c => new MemoryCheck(c.Name, c.CapBytes, figures)),
    ];
}
