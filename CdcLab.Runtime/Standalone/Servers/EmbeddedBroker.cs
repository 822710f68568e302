using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>One broker as a plain process.</summary>
internal sealed class EmbeddedBroker(KafkaBroker resource, ZooKeeperResource zooKeeper, TimeSpan sessionTimeout, JavaLaunch java, DataDirectory directory) : EmbeddedServer(resource)
{
    public override async Task<LaunchSpec> PrepareAsync(CancellationToken cancellationToken)
    {
        await BrokerRegistration.FormerSelfIsGoneAsync(resource, zooKeeper, sessionTimeout, cancellationToken);
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
}
