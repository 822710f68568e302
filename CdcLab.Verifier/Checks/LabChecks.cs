using CdcLab.Clients.Kafka;
using CdcLab.Clients.Market;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Verifier.Probes;
using CdcLab.Verifier.Sources;

namespace CdcLab.Verifier.Checks;

/// <summary>Everything that this version of the verifier looks at, in the order in which it is shown.</summary>
/// <param name="model">What the lab must be.</param>
/// <param name="handover">What the host handed over.</param>
/// <param name="cluster">The cluster as ZooKeeper has it.</param>
/// <param name="brokers">The brokers' settings as they run.</param>
/// <param name="admin">The admin client.</param>
/// <param name="probe">The latency probe.</param>
/// <param name="inside">The brokers as they are seen from inside the lab's network.</param>
/// <param name="resources">The resources as the host lists them.</param>
/// <param name="market">The simulator's API.</param>
/// <param name="time">The clock.</param>
public sealed class LabChecks(
    LabModel model,
    ServiceHandover handover,
    ClusterSource cluster,
    BrokerSettingsSource brokers,
    KafkaAdmin admin,
    LatencyProbe probe,
    InsideSource inside,
    ResourceSource resources,
    MarketClient market,
    TimeProvider time)
{
    /// <summary>All checks of this lab.</summary>
    /// <returns>The checks.</returns>
    public IReadOnlyList<ICheck> All() =>
    [
        .. MySqlChecks.Of(model, handover),
        new ZooKeeperAnswersCheck(model),
        .. model.Kafka.Brokers.Select(b => new BrokerAnswersCheck(model, b)),
        new KafkaBrokersCheck(model, cluster),
        new KafkaControllerCheck(cluster),
        new KafkaIsrCheck(cluster),
        new KafkaReplicationFactorCheck(model, cluster),
        new KafkaMinInSyncReplicasCheck(model, brokers, cluster, admin),
        new KafkaSettingsCheck(model, brokers),
        KafkaListenersCheck.Internal(model, model.Runtime == LabRuntimeKind.Container ? inside : null),
        KafkaListenersCheck.External(model),
        .. model.Runtime == LabRuntimeKind.Container ? [new KafkaUiCheck(model)] : Array.Empty<ICheck>(),
        new KafkaLatencyCheck(model, probe),
        new SimulatorCheck(market, time),
        .. MemoryCheck.Of(model, handover.Abilities, resources),
    ];
}
