using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

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
        await scene.Changes.ChangesFlowAsync(cancellationToken);
    }
}
