using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

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
            string leader = await scene.Changes.LeaderOfAsync(DebeziumSettings.Topic(OrdersSchema.Orders), cancellationToken);
            await scene.KillAsync(leader, cancellationToken);
            if (!isBounced)
                await DrillScene.WaitAsync(Away, cancellationToken);
            await scene.HealAsync(leader, cancellationToken);
            await scene.Changes.ChangesFlowAsync(cancellationToken);
        }
    }
}
