using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>A broker is stopped or killed, and started when the cluster has done without it for a while.</summary>
internal sealed class BrokerEndDrill(BrokerRole role, bool isKilled)
    : Drill(
        $"{role.ToString().ToLowerInvariant()}-{(isKilled ? "killed" : "stopped")}",
        $"{(isKilled ? "kills (SIGKILL)" : "stops")} the {role.ToString().ToLowerInvariant()}, and starts it later")
{
    public override bool IsForLegacy => role == BrokerRole.Leader;

    public override Task<DrillRequest> PrepareAsync(DrillScene scene, CancellationToken cancellationToken) =>
        Task.FromResult(new DrillRequest(Name, Partitions: role == BrokerRole.Follower ? 1 : null));

    public override Prediction Predict(DrillSettings live) => isKilled ? Predictions.OfSilence(live) : Predictions.OfHandOver();

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        string broker = await scene.BrokerAsync(role, cancellationToken);
        await (isKilled ? scene.KillAsync(broker, cancellationToken) : scene.StopAsync(broker, cancellationToken));
        // Long enough to see it go on without the broker.
        await DrillScene.WaitAsync(scene.Lab.Kafka.SessionTimeout + scene.Lab.ZooKeeper.TickTime + TimeSpan.FromSeconds(6), cancellationToken);
        await scene.HealAsync(broker, cancellationToken);
        await scene.WholeAsync(cancellationToken, preferred: true);
    }
}
