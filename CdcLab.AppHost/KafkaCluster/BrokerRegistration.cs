using System.Text.Json;
using CdcLab.Clients.ZooKeeper;

namespace Aspire.Hosting;

/// <summary>What must be so in ZooKeeper before a broker is started.</summary>
internal static class BrokerRegistration
{
    private const string Loopback = "127.0.0.1";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the broker's last run is not registered any more.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="zooKeeperPort">ZooKeeper's port on loopback.</param>
    /// <param name="sessionTimeout">How long a session outlives its broker.</param>
    /// <param name="waits">Called once if it has to wait.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DistributedApplicationException">It stays registered, or ZooKeeper does not answer.</exception>
    public static async Task WaitUntilGoneAsync(BrokerAddresses broker, int zooKeeperPort, TimeSpan sessionTimeout, Func<Task> waits, CancellationToken cancellationToken)
    {
        // ZooKeeper ends a session up to one tick late, and starts counting anew when it has itself been started again.
        TimeSpan limit = (2 * sessionTimeout) + TimeSpan.FromSeconds(10);
        string node = $"/brokers/ids/{broker.Id}";
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        bool waiting = false;
        try
        {
            await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(Loopback, zooKeeperPort, deadline.Token);
            while ((await session.ReadAsync([node], deadline.Token))[0] is not null)
            {
                if (!waiting)
                    await waits();
                waiting = true;
                await Task.Delay(Interval, deadline.Token);
            }
        }
        catch (OperationCanceledException late) when (waiting && deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"{broker.Name} is still registered in ZooKeeper ({node}) after {limit.TotalSeconds:0} s although it does not run. Does another broker with id {broker.Id} use this ZooKeeper?", late);
        }
        catch (Exception silent) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"{broker.Name} cannot be started without ZooKeeper, which does not answer ({(silent is OperationCanceledException ? "is it paused?" : silent.Message.TrimEnd('.'))}). Start or resume ZooKeeper first.", silent);
        }
    }

    /// <summary>Refuses a broker's data that belongs to another cluster than ZooKeeper's: the broker itself would exit with InconsistentClusterIdException.</summary>
    /// <param name="broker">The broker's name.</param>
    /// <param name="logFolder">Its data.</param>
    /// <param name="zooKeeperPort">ZooKeeper's port on loopback.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DistributedApplicationException">They differ.</exception>
    public static async Task ThrowIfOtherClusterAsync(string broker, string logFolder, int zooKeeperPort, CancellationToken cancellationToken)
    {
        string file = Path.Combine(logFolder, "meta.properties");
        if (!File.Exists(file) || (await File.ReadAllLinesAsync(file, cancellationToken)).FirstOrDefault(l => l.StartsWith("cluster.id=", StringComparison.Ordinal)) is not { } line)
            return;
        await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(Loopback, zooKeeperPort, cancellationToken);
        if ((await session.ReadAsync(["/cluster/id"], cancellationToken))[0] is not { } node)
            return;
        using JsonDocument id = JsonDocument.Parse(node);
        string ours = line["cluster.id=".Length..].Trim();
        string theirs = id.RootElement.GetProperty("id").GetString() ?? "";
        if (ours != theirs)
            throw new DistributedApplicationException($"The data of {broker} belongs to cluster {ours} ({file}), but ZooKeeper's is {theirs}. Put ZooKeeper's data back, or delete both (reset).");
    }
}
