using System.Text.Json;
using CdcLab.Clients.ZooKeeper;

namespace Aspire.Hosting;

/// <summary>What must be so in ZooKeeper before a broker is started.</summary>
internal static partial class BrokerRegistration
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // A broker that was killed stays registered until its session ends, and a new one that finds it there exits with NodeExists.
    public static async Task WaitUntilGoneAsync(BeforeResourceStartedEvent starting, BrokerAddresses broker, IZooKeeper zooKeeper, TimeSpan sessionTimeout, CancellationToken cancellationToken)
    {
        ResourceNotificationService notifications = starting.Services.GetRequiredService<ResourceNotificationService>();
        // Aspire's own wait is a later subscriber of this event.
        await notifications.WaitForDependenciesAsync(starting.Resource, cancellationToken);
        // ZooKeeper ends a session up to one tick late, and starts counting anew when it has itself been started again.
        TimeSpan limit = (2 * sessionTimeout) + TimeSpan.FromSeconds(10);
        string node = $"/brokers/ids/{broker.Id}";
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        bool waiting = false;
        try
        {
            await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(ServerRuntime.Loopback, zooKeeper.Port, deadline.Token);
            while ((await session.ReadAsync([node], deadline.Token))[0] is not null)
            {
                if (!waiting)
                    await notifications.PublishUpdateAsync(starting.Resource, s => s with { State = new("Waiting for ZooKeeper to forget its last run", KnownResourceStateStyles.Info) });
                waiting = true;
                await Task.Delay(Interval, deadline.Token);
            }
        }
        catch (OperationCanceledException late) when (waiting && deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Refused($"{broker.Name} is still registered in ZooKeeper ({node}) after {limit.TotalSeconds:0} s although it does not run. Does another broker with id {broker.Id} use this ZooKeeper?", late);
        }
        catch (Exception silent) when (!cancellationToken.IsCancellationRequested)
        {
            throw Refused($"{broker.Name} cannot be started without ZooKeeper, which does not answer ({(silent is OperationCanceledException ? "is it paused?" : silent.Message.TrimEnd('.'))}). Start or resume ZooKeeper first.", silent);
        }

        DistributedApplicationException Refused(string reason, Exception inner)
        {
            NotStarted(starting.Services.GetRequiredService<ResourceLoggerService>().GetLogger(starting.Resource), reason);
            return new(reason, inner);
        }
    }

    /// <summary>Refuses a broker's data that belongs to another cluster than ZooKeeper's: the broker itself would exit with InconsistentClusterIdException.</summary>
    public static async Task ThrowIfOtherClusterAsync(string broker, string logFolder, int zooKeeperPort, CancellationToken cancellationToken)
    {
        string file = Path.Combine(logFolder, "meta.properties");
        if (!File.Exists(file) || (await File.ReadAllLinesAsync(file, cancellationToken)).FirstOrDefault(l => l.StartsWith("cluster.id=", StringComparison.Ordinal)) is not { } line)
            return;
        await using ZooKeeperSession session = await ZooKeeperSession.OpenAsync(ServerRuntime.Loopback, zooKeeperPort, cancellationToken);
        if ((await session.ReadAsync(["/cluster/id"], cancellationToken))[0] is not { } node)
            return;
        using JsonDocument id = JsonDocument.Parse(node);
        string ours = line["cluster.id=".Length..].Trim();
        string theirs = id.RootElement.GetProperty("id").GetString() ?? "";
        if (ours != theirs)
            throw new DistributedApplicationException($"The data of {broker} belongs to cluster {ours} ({file}), but ZooKeeper's is {theirs}. Put ZooKeeper's data back, or delete both (reset).");
    }

    [LoggerMessage(2, LogLevel.Error, "{Reason}")]
    private static partial void NotStarted(ILogger log, string reason);
}
