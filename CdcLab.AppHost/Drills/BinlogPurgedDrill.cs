using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>The connector is stopped, and what it has not read is purged: it must fail and say so, and a new snapshot must bring every row.</summary>
internal sealed class BinlogPurgedDrill() : ChangeDrill("binlog-purged", "purges what the stopped connector has not read: it must say so")
{
    private const string Connector = "the connector";

    public override Prediction Predict(DrillSettings live) => Of(0, TimeSpan.FromMinutes(5), "it must refuse to go on; what was committed meanwhile comes with the snapshot, as the rows are then, and that takes as long as the tables are large");

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await DrillScene.WaitAsync(Load, cancellationToken);
        await scene.BreakAsync(
            Connector,
            "stop",
            async () => await scene.Changes.Connector.StopAsync(CancellationToken.None),
            async healing => await scene.CommandAsync(ResourceNames.OrdersCdc, "snapshot", healing),
            cancellationToken);
        await DrillScene.WaitAsync(TimeSpan.FromSeconds(3), cancellationToken);
        await scene.VerifierBeginsAnewAsync();
        await scene.Changes.PurgeBinlogAsync(cancellationToken);
        await scene.Changes.Connector.ResumeAsync(cancellationToken);
        // No silent gap: it fails, and that is told before anybody heals it.
        await scene.Changes.TaskFailedAsync(cancellationToken);
        await scene.VerdictAsync("connect.position", Outcome.Failed, cancellationToken);
        await scene.HealAsync(Connector, cancellationToken);
        await scene.Changes.ChangesFlowAsync(cancellationToken);
    }
}
