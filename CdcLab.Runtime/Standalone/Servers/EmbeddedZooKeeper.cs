using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>ZooKeeper as a plain process.</summary>
internal sealed class EmbeddedZooKeeper(ZooKeeperResource resource, JavaLaunch java, DataDirectory directory) : EmbeddedServer(resource)
{
    public override Task<LaunchSpec> PrepareAsync(CancellationToken cancellationToken) => Task.FromResult(java.Launch(
        resource,
        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
        ["-XX:+UseSerialGC"],
        [
            .. resource.Settings.Select(s => KeyValuePair.Create(s.Name, s.Value)),
            KeyValuePair.Create("dataDir", directory.Folder(resource.DataFolder!)),
            KeyValuePair.Create("clientPort", resource.Port.ToString()),
            KeyValuePair.Create("clientPortAddress", resource.Ports[0].BindAddress),
        ]));

    public override async Task<string?> AskAsync(CancellationToken cancellationToken) =>
        FourLetterWords.Version(await FourLetterWords.AskAsync(resource.Ports[0].BindAddress, resource.Port, "srvr", cancellationToken));
}
