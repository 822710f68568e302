using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>ZooKeeper is away: data goes on while no leader has to change, and the cluster is whole afterwards.</summary>
internal sealed class ZooKeeperDrill(bool isPaused)
    : Drill(
        isPaused ? "zookeeper-paused" : "zookeeper-killed",
        isPaused ? "pauses (SIGSTOP) ZooKeeper for longer than a session, and resumes it" : "kills (SIGKILL) ZooKeeper, and starts it later")
{
    protected override bool BreaksBrokers => false;

    public override Prediction Predict(DrillSettings live) => isPaused
        ? Predictions.OfSilence(live) with
        {
            From = TimeSpan.Zero,
            Because = "data goes on without it; when it goes on, sessions may have ended, and their brokers register again",
            Errors = [.. Predictions.OfSilence(live).Errors, "NotEnoughReplicas (19)"],
        }
        : new(TimeSpan.Zero, Predictions.Latency, "data goes on without it: no leader has to change", []) { IsSteady = true };

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await (isPaused ? scene.PauseAsync(ResourceNames.ZooKeeper, cancellationToken) : scene.KillAsync(ResourceNames.ZooKeeper, cancellationToken));
        TimeSpan session = scene.Lab.Kafka.SessionTimeout + scene.Lab.ZooKeeper.TickTime;
        await DrillScene.WaitAsync(isPaused ? session + TimeSpan.FromSeconds(2) : TimeSpan.FromSeconds(4), cancellationToken);
        await scene.HealAsync(ResourceNames.ZooKeeper, cancellationToken);
        // What it tells of the brokers at once is what it knew before.
        await DrillScene.WaitAsync(session, cancellationToken);
        await scene.WholeAsync(cancellationToken, preferred: true);
        await scene.TopicCanBeMadeAsync(cancellationToken);
    }
}
