using CdcLab.Clients.Kafka;
using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>One broker as a plain process.</summary>
internal sealed class EmbeddedBroker(KafkaBroker resource, ZooKeeperResource zooKeeper, TimeSpan sessionTimeout, JavaLaunch java, DataDirectory directory) : EmbeddedServer(resource)
{
    public override async Task<LaunchSpec> PrepareAsync(CancellationToken cancellationToken)
    {
        await FormerSelfIsGoneAsync(cancellationToken);
        return java.Launch(
            resource,
            "kafka.Kafka",
            ["-XX:+UseG1GC"],
            [
                .. java.Kafka.Edition.BrokerSettings(resource).Select(s => KeyValuePair.Create(s.Name, s.Value)),
                KeyValuePair.Create("log.dirs", Path.Combine(directory.Folder(resource.DataFolder!), "log")),
            ]);
    }

    // It opens its listeners before it is a member of the cluster, but answers requests for metadata only as one.
    public override async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        foreach (LabPort port in resource.Ports)
            await BrokerPing.AskAsync(port.BindAddress == "0.0.0.0" ? "127.0.0.1" : port.BindAddress, port.Number, cancellationToken);
        return java.Kafka.ShownVersion;
    }

    // A broker that was killed stays registered until its ZooKeeper session ends, and a new one that finds it there gives up (NodeExists).
    private async Task FormerSelfIsGoneAsync(CancellationToken cancellationToken)
    {
        // ZooKeeper ends a session up to one tick late, and looks anew at all of them when it has itself been started again.
        DateTime deadline = DateTime.UtcNow + (2 * sessionTimeout) + TimeSpan.FromSeconds(10);
        await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(zooKeeper.Ports[0].BindAddress, zooKeeper.Port, cancellationToken);
        string node = $"/brokers/ids/{resource.Id}";
        while ((await session.ReadAsync([node], cancellationToken))[0] is not null)
        {
            if (DateTime.UtcNow > deadline)
                throw new ServerStartException($"{resource.Name} is still registered in ZooKeeper ({node}), although it does not run; does another broker with id {resource.Id} use this ZooKeeper?");
            await Task.Delay(100, cancellationToken);
        }
    }
}
