using CdcLab.AppHost.Lab;
using CdcLab.Clients.Connect;
using CdcLab.Clients.MySql;
using CdcLab.Clients.MySql.Binlog;
using CdcLab.Clients.Verifier;
using CdcLab.Clients.ZooKeeper;
using CdcLab.Model.Drills;
using Dapper;
using MySqlConnector;

namespace CdcLab.AppHost.Drills;

/// <summary>What a drill of change data capture may do beyond the others: to the connector, to its source, and waiting for changes.</summary>
internal sealed class ChangeScene(DrillScene scene, DrillClient verifier, LabSession lab) : IDisposable
{
    // A snapshot takes as long as the tables are large: what comes meanwhile says that it gets on.
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(90), FlowLimit = TimeSpan.FromMinutes(15);
    private const double FlowSeconds = 3;
    // Transactions that had begun when the market was paused are committed a moment later.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>The connector, for what has no command.</summary>
    public ConnectClient Connector { get; } = new(new Uri($"http://{ServerRuntime.Loopback}:{lab.Ports.Connect}"), ResourceNames.OrdersCdc);

    /// <summary>Waits until no change waits any more for its consumer, which is when the connector has caught up.</summary>
    public async Task ChangesFlowAsync(CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp(), came = began, last = 0;
        long? matched = null;
        while (true)
        {
            ChangeFigures now = await verifier.ChangesAsync(beginAnew: false, stop);
            matched ??= now.Matched;
            if (now.Matched > matched && now.WaitingSeconds is null or < FlowSeconds)
                break;
            long arrived = now.Matched + now.Duplicates + now.SnapshotRows;
            if (arrived != last)
                (last, came) = (arrived, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(came) > StandstillLimit || Stopwatch.GetElapsedTime(began) > FlowLimit)
                throw new DrillException($"Changes did not flow within {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s: the oldest has waited for {now.WaitingSeconds:0} s.");
            await DrillScene.WaitAsync(Pause, stop);
        }

        await scene.MarkAsync(DrillMoment.ChangesFlow, null, stop);
    }

    /// <summary>Waits until a market that was paused commits nothing more, and all that it committed is with the consumer.</summary>
    public Task RestsAsync(CancellationToken stop) => DrillScene.UntilAsync(
        async () => await scene.LastCommitAsync(stop) is { } last && DateTimeOffset.UtcNow - last > Rest && (await verifier.ChangesAsync(beginAnew: false, stop)).WaitingSeconds is null,
        "Not every change had arrived",
        stop);

    /// <summary>Waits until the connector's task has failed.</summary>
    public Task TaskFailedAsync(CancellationToken stop) =>
        DrillScene.UntilAsync(async () => (await Connector.StatusAsync(stop))?.Tasks.Any(t => t.State == "FAILED") == true, "The connector's task did not fail", stop);

    /// <summary>Has the connector forget its position, and begin where MySQL is now.</summary>
    public async Task BeginWithoutSnapshotAsync(CancellationToken stop)
    {
        await Connector.StopAsync(stop);
        await DrillScene.UntilAsync(async () => await Connector.StatusAsync(stop) is { Connector.State: "STOPPED", Tasks.Count: 0 }, "The connector did not stop", stop);
        await Connector.DeleteOffsetsAsync(stop);
        IReadOnlyDictionary<string, string> own = await Connector.ConfigurationAsync(stop) ?? throw new DrillException("Kafka Connect has no connector.");
        await Connector.ConfigureAsync(new Dictionary<string, string>(own) { ["snapshot.mode"] = "no_data" }, stop);
        await Connector.ResumeAsync(stop);
        await DrillScene.UntilAsync(async () => await Connector.OffsetAsync(stop) is { IsSnapshot: false }, "The connector stored no position", stop);
    }

    /// <summary>A broker that leads a partition of a topic, the one with the lowest number.</summary>
    public async Task<string> LeaderOfAsync(string topic, CancellationToken stop)
    {
        ClusterState cluster = await ClusterReader.ReadAsync(ServerRuntime.Loopback, lab.Ports.ZooKeeper, stop);
        return cluster.Partitions.Where(p => p.Name.StartsWith(topic + "-", StringComparison.Ordinal)).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => p.Leader).FirstOrDefault() is { } id
            ? ResourceNames.Broker(id)
            : throw new DrillException($"Nobody leads {topic}.");
    }

    /// <summary>Executes statements as root.</summary>
    public async Task RootAsync(string sql)
    {
        await using MySqlConnection root = new(MySqlConnectionStrings.Dedicated(lab.Ports.MySql, "root", lab.Secrets.Root));
        await root.OpenAsync();
        await root.ExecuteAsync(sql);
    }

    /// <summary>Purges all of the binlog but the file that is written now.</summary>
    public async Task PurgeBinlogAsync(CancellationToken stop)
    {
        await scene.MarkAsync(DrillMoment.Fault, "purge the binlog", stop);
        await RootAsync("FLUSH BINARY LOGS");
        await using MySqlConnection root = new(MySqlConnectionStrings.Dedicated(lab.Ports.MySql, "root", lab.Secrets.Root));
        await root.OpenAsync(stop);
        IReadOnlyList<BinlogFile> files = await BinlogFile.ListAsync(root, stop);
        await root.ExecuteAsync($"PURGE BINARY LOGS TO '{files[^1].Name}'");
    }

    public void Dispose() => Connector.Dispose();
}
