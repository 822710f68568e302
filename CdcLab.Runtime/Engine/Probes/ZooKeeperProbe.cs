using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;

namespace CdcLab.Runtime.Engine.Probes;

/// <summary>ZooKeeper: the four-letter word <c>srvr</c> on the published port.</summary>
internal sealed class ZooKeeperProbe(ZooKeeperResource zooKeeper) : ContainerProbe
{
    public override async Task<string?> AskAsync(CancellationToken cancellationToken) =>
        FourLetterWords.Version(await FourLetterWords.AskAsync(zooKeeper.Ports[0].BindAddress, zooKeeper.Port, "srvr", cancellationToken));
}
