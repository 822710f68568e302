using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>A column is added and dropped while the connector runs, and again while it is stopped.</summary>
internal sealed class SchemaChangedDrill() : ChangeDrill("schema-changed", "adds and drops a column, also while the connector is stopped")
{
    private const string Add = $"ALTER TABLE {OrdersSchema.Database}.orders ADD COLUMN drill varchar(20) NULL", Drop = $"ALTER TABLE {OrdersSchema.Database}.orders DROP COLUMN drill";
    private const string Column = "the column drill of the orders", Connector = "the connector";

    public override Prediction Predict(DrillSettings live) => Of(0, Away + TimeSpan.FromSeconds(15), "the connector reads how the table was when each change was made; it is stopped for a while");

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await AlterAsync();
        await scene.Changes.ChangesFlowAsync(cancellationToken);
        await scene.BreakAsync(
            Connector,
            "stop",
            async () => await scene.Changes.Connector.StopAsync(CancellationToken.None),
            async healing =>
            {
                await scene.Changes.Connector.ResumeAsync(healing);
                return null;
            },
            cancellationToken);
        await AlterAsync();
        await scene.HealAsync(Connector, cancellationToken);
        await scene.Changes.ChangesFlowAsync(cancellationToken);

        async Task AlterAsync()
        {
            await scene.BreakAsync(Column, "add", () => scene.Changes.RootAsync(Add), async _ =>
            {
                await scene.Changes.RootAsync(Drop);
                return null;
            }, cancellationToken);
            await DrillScene.WaitAsync(TimeSpan.FromSeconds(3), cancellationToken);
            await scene.HealAsync(Column, cancellationToken);
        }
    }
}
