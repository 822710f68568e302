using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Engine.Probes;

/// <summary>A broker: metadata on its EXTERNAL listener, which it answers only as a member of the cluster.</summary>
internal sealed class BrokerProbe(KafkaBroker broker, ZooKeeperResource zooKeeper, TimeSpan sessionTimeout) : ContainerProbe
{
    public override Task BeforeLaunchAsync(CancellationToken cancellationToken) => BrokerRegistration.FormerSelfIsGoneAsync(broker, zooKeeper, sessionTimeout, cancellationToken);

    public override async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        LabPort external = broker.Ports[0];
        await BrokerPing.AskAsync(Reach(external.BindAddress), external.Number, cancellationToken);
        return null;
    }
}
