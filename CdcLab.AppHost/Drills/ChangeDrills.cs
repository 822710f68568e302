using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>A drill of change data capture: the market's ledger, MySQL's rows and what a consumer got are compared, and the wait is that of a change for its consumer.</summary>
internal abstract class ChangeDrill(string name, string what) : Drill(name, what)
{
    protected static readonly TimeSpan Away = TimeSpan.FromSeconds(10);
    protected static readonly TimeSpan Load = TimeSpan.FromSeconds(10);

    // From the start of the worker's Java to its connector's first change, and a session of the worker that was killed.
    protected static readonly TimeSpan WorkerStart = TimeSpan.FromSeconds(50);

    public override string Resource => ResourceNames.Connect;

    public override bool IsOfKafka => false;

    public override bool IsOfChanges => true;

    public override bool IsForLegacy => false;

    protected static Prediction Of(double from, TimeSpan to, string because) => new(TimeSpan.FromSeconds(from), to, because, []);
}

/// <summary>The worker is killed or paused under load.</summary>
internal sealed class ConnectAwayDrill(bool isKilled) : ChangeDrill(
    isKilled ? "connect-killed" : "connect-paused", isKilled ? "kills (SIGKILL) Kafka Connect under load, and starts it later" : "pauses (SIGSTOP) Kafka Connect for a minute, and resumes it")
{
    private static readonly TimeSpan Paused = TimeSpan.FromSeconds(60);

    public override Prediction Predict(DrillSettings live) => isKilled
        ? Of(Away.TotalSeconds, Away + WorkerStart, $"it is away for {Away.TotalSeconds:0} s, and goes on from the position that it had stored last")
        : Of(Paused.TotalSeconds, Paused + TimeSpan.FromSeconds(30), $"it is away for {Paused.TotalSeconds:0} s, longer than its session: it joins its group again");

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await DrillScene.WaitAsync(Load, cancellationToken);
        await (isKilled ? scene.KillAsync(ResourceNames.Connect, cancellationToken) : scene.PauseAsync(ResourceNames.Connect, cancellationToken));
        await DrillScene.WaitAsync(isKilled ? Away : Paused, cancellationToken);
        await scene.HealAsync(ResourceNames.Connect, cancellationToken);
        await scene.ChangesFlowAsync(cancellationToken);
    }
}

/// <summary>The worker is stopped and started at once, five times.</summary>
internal sealed class ConnectBouncedDrill() : ChangeDrill("connect-bounced", $"stops Kafka Connect and starts it at once, {Times} times")
{
    private const int Times = 5;

    public override Prediction Predict(DrillSettings live) => Of(1, WorkerStart, "it stores its position before it ends, and its Java starts anew");

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        for (int i = 0; i < Times; i++)
        {
            await scene.StopAsync(ResourceNames.Connect, cancellationToken);
            await scene.HealAsync(ResourceNames.Connect, cancellationToken);
            await scene.ChangesFlowAsync(cancellationToken);
        }
    }
}

/// <summary>MySQL is killed while the connector reads its binlog.</summary>
internal sealed class SourceKilledDrill() : ChangeDrill("cdc-mysql-killed", "kills (SIGKILL) MySQL while its binlog is read, and starts it later")
{
    public override Prediction Predict(DrillSettings live) => Of(0, Away + TimeSpan.FromSeconds(30), $"what was committed just before waits for {Away.TotalSeconds:0} s, the recovery, and the connector's next try");

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await DrillScene.WaitAsync(Load, cancellationToken);
        await scene.KillAsync(ResourceNames.MySql, cancellationToken);
        await DrillScene.WaitAsync(Away, cancellationToken);
        await scene.HealAsync(ResourceNames.MySql, cancellationToken);
        await scene.MarketGoesOnAsync(cancellationToken);
        await scene.ChangesFlowAsync(cancellationToken);
    }
}

/// <summary>Whoever leads a partition of the orders' changes is killed, once for long or five times for short.</summary>
internal sealed class ChangeLeaderDrill(bool isBounced) : ChangeDrill(
    isBounced ? "cdc-leader-bounced-hard" : "cdc-leader-killed",
    isBounced ? $"kills and starts the leader of the orders' changes, {Times} times" : "kills (SIGKILL) the leader of the orders' changes, and starts it later")
{
    private const int Times = 5;

    protected override bool BreaksBrokers => true;

    public override Prediction Predict(DrillSettings live) => Predictions.OfSilence(live) with
    {
        To = Predictions.OfSilence(live).To + TimeSpan.FromSeconds(10),
        Errors = [],
        Because = $"{Predictions.OfSilence(live).Because}; Connect's producer looks for them meanwhile",
    };

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        for (int i = 0; i < (isBounced ? Times : 1); i++)
        {
            string leader = await scene.LeaderOfAsync(DebeziumSettings.Topic(OrdersSchema.Orders), cancellationToken);
            await scene.KillAsync(leader, cancellationToken);
            if (!isBounced)
                await DrillScene.WaitAsync(Away, cancellationToken);
            await scene.HealAsync(leader, cancellationToken);
            await scene.ChangesFlowAsync(cancellationToken);
        }
    }
}

/// <summary>A column is added and dropped while the connector runs, and again while it is stopped.</summary>
internal sealed class SchemaChangedDrill() : ChangeDrill("schema-changed", "adds and drops a column, also while the connector is stopped")
{
    private const string Add = $"ALTER TABLE {OrdersSchema.Database}.orders ADD COLUMN drill varchar(20) NULL", Drop = $"ALTER TABLE {OrdersSchema.Database}.orders DROP COLUMN drill";
    private const string Column = "the column drill of the orders", Connector = "the connector";

    public override Prediction Predict(DrillSettings live) => Of(0, Away + TimeSpan.FromSeconds(15), "the connector reads how the table was when each change was made; it is stopped for a while");

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await AlterAsync();
        await scene.ChangesFlowAsync(cancellationToken);
        await scene.BreakAsync(
            Connector,
            "stop",
            async () => await scene.Connector.StopAsync(CancellationToken.None),
            async healing =>
            {
                await scene.Connector.ResumeAsync(healing);
                return null;
            },
            cancellationToken);
        await AlterAsync();
        await scene.HealAsync(Connector, cancellationToken);
        await scene.ChangesFlowAsync(cancellationToken);

        async Task AlterAsync()
        {
            await scene.BreakAsync(Column, "add", () => scene.RootAsync(Add), async _ =>
            {
                await scene.RootAsync(Drop);
                return null;
            }, cancellationToken);
            await DrillScene.WaitAsync(TimeSpan.FromSeconds(3), cancellationToken);
            await scene.HealAsync(Column, cancellationToken);
        }
    }
}

/// <summary>The connector begins without a snapshot, and is restarted once: some fail only then.</summary>
internal sealed class WithoutSnapshotDrill() : ChangeDrill("cdc-no-snapshot", "starts the connector without a snapshot while the market rests, and restarts it once")
{
    private const string Connector = "the connector's configuration", Market = "the market";

    public override Prediction Predict(DrillSettings live) => Of(0, TimeSpan.FromSeconds(30), "it goes on from the position that it had stored last");

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await DrillScene.WaitAsync(Load, cancellationToken);
        // What is committed before it begins would never come.
        await scene.PutAsync(
            Market,
            async () =>
            {
                if (await scene.CommandAsync(ResourceNames.OrderSimulator, "market-pause", cancellationToken) is { } problem)
                    throw new DrillException(problem);
            },
            healing => scene.CommandAsync(ResourceNames.OrderSimulator, "market-resume", healing));
        await scene.RestsAsync(cancellationToken);
        await scene.BreakAsync(
            Connector,
            "change",
            () => scene.BeginWithoutSnapshotAsync(cancellationToken),
            async healing => await scene.CommandAsync(ResourceNames.OrdersCdc, "configure", healing),
            cancellationToken);
        await scene.HealAsync(Market, cancellationToken);
        await scene.ChangesFlowAsync(cancellationToken);
        await scene.Connector.RestartAsync(cancellationToken);
        await scene.ChangesFlowAsync(cancellationToken);
        await scene.HealAsync(Connector, cancellationToken);
        await scene.ChangesFlowAsync(cancellationToken);
    }
}

/// <summary>The connector is stopped, and what it has not read is purged: it must fail and say so, and a new snapshot must bring every row.</summary>
internal sealed class BinlogPurgedDrill() : ChangeDrill("binlog-purged", "purges what the stopped connector has not read: it must say so")
{
    private const string Connector = "the connector";

    public override Prediction Predict(DrillSettings live) => Of(0, TimeSpan.FromMinutes(2), "it must refuse to go on; what was committed meanwhile comes with the snapshot, as the rows are then");

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await DrillScene.WaitAsync(Load, cancellationToken);
        await scene.BreakAsync(
            Connector,
            "stop",
            async () => await scene.Connector.StopAsync(CancellationToken.None),
            async healing => await scene.CommandAsync(ResourceNames.OrdersCdc, "snapshot", healing),
            cancellationToken);
        await DrillScene.WaitAsync(TimeSpan.FromSeconds(3), cancellationToken);
        await scene.PurgeBinlogAsync(cancellationToken);
        await scene.Connector.ResumeAsync(cancellationToken);
        // No silent gap: it fails, and that is told before anybody heals it.
        await scene.TaskFailedAsync(cancellationToken);
        await scene.VerdictAsync("connect.position", Outcome.Failed, cancellationToken);
        await scene.HealAsync(Connector, cancellationToken);
        await scene.ChangesFlowAsync(cancellationToken);
    }
}
