using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>ZooKeeper as a plain process.</summary>
/// <param name="resource">The resource.</param>
/// <param name="java">Starts it.</param>
/// <param name="directory">The data directory.</param>
/// <param name="beforeBrokers">Brings about what must be there before a broker starts.</param>
internal sealed class EmbeddedZooKeeper(ZooKeeperResource resource, JavaLaunch java, DataDirectory directory, Func<CancellationToken, Task<IReadOnlyList<string>>> beforeBrokers) : EmbeddedServer(resource)
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

    public override Task<IReadOnlyList<string>> ConvergeAsync(CancellationToken cancellationToken) => beforeBrokers(cancellationToken);
}
