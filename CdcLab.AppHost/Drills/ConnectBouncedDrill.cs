using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

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
            await scene.Changes.ChangesFlowAsync(cancellationToken);
        }
    }
}
