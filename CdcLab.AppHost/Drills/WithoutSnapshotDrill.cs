using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

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
        await scene.Changes.RestsAsync(cancellationToken);
        await scene.BreakAsync(
            Connector,
            "change",
            () => scene.Changes.BeginWithoutSnapshotAsync(cancellationToken),
            async healing => await scene.CommandAsync(ResourceNames.OrdersCdc, "configure", healing),
            cancellationToken);
        await scene.HealAsync(Market, cancellationToken);
        await scene.Changes.ChangesFlowAsync(cancellationToken);
        await scene.Changes.Connector.RestartAsync(cancellationToken);
        await scene.Changes.ChangesFlowAsync(cancellationToken);
        await scene.HealAsync(Connector, cancellationToken);
        await scene.Changes.ChangesFlowAsync(cancellationToken);
    }
}
