using CdcLab.Clients.ZooKeeper;
using CdcLab.Model;

namespace CdcLab.Runtime.Standalone.Servers;

/// <summary>A broker's place in ZooKeeper. One that was killed stays registered until its session ends, and a new one that finds it there gives up (NodeExists).</summary>
internal static class BrokerRegistration
{
    /// <summary>Waits until the broker's former self is not registered any more.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="zooKeeper">ZooKeeper.</param>
    /// <param name="sessionTimeout">How long a session outlives its broker.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="ServerStartException">It stays registered: another has its id. Or ZooKeeper does not answer.</exception>
    public static async Task FormerSelfIsGoneAsync(KafkaBroker broker, ZooKeeperResource zooKeeper, TimeSpan sessionTimeout, CancellationToken cancellationToken)
    {
        // ZooKeeper ends a session up to one tick late, and looks anew at all of them when it has itself been started again.
        TimeSpan limit = (2 * sessionTimeout) + TimeSpan.FromSeconds(10);
        DateTime deadline = DateTime.UtcNow + limit;
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(limit + TimeSpan.FromSeconds(5));
        try
        {
            await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(zooKeeper.Ports[0].BindAddress, zooKeeper.Port, silence.Token);
            string node = $"/brokers/ids/{broker.Id}";
            while ((await session.ReadAsync([node], silence.Token))[0] is not null)
            {
                if (DateTime.UtcNow > deadline)
                    throw new ServerStartException($"{broker.Name} is still registered in ZooKeeper ({node}), although it does not run; does another broker with id {broker.Id} use this ZooKeeper?");
                await Task.Delay(100, silence.Token);
            }
        }
        catch (Exception silent) when (silent is not ServerStartException && !cancellationToken.IsCancellationRequested)
        {
            // A paused ZooKeeper takes the connection and says nothing.
            throw new ServerStartException($"{broker.Name} cannot be started without {zooKeeper.Name}, which does not answer ({(silent is OperationCanceledException ? "paused?" : silent.Message.TrimEnd('.'))}): resume, start or restart {zooKeeper.Name} first.");
        }
    }
}
