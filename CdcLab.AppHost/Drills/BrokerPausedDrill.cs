using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>A broker is paused for longer than its session: when it goes on it is no leader any more, and must not act as one.</summary>
internal sealed class BrokerPausedDrill() : Drill("broker-paused", "pauses (SIGSTOP) a leader for longer than its session, and resumes it")
{
    public override Prediction Predict(DrillSettings live) => Predictions.OfSilence(live) is var silence
        ? silence with
        {
            To = silence.To + TimeSpan.FromSeconds(6),
            Because = $"{silence.Because}; it keeps its connections, so that clients wait up to 6 s for an answer",
        }
        : silence;

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        string broker = await scene.BrokerAsync(BrokerRole.Leader, cancellationToken);
        await scene.PauseAsync(broker, cancellationToken);
        await DrillScene.WaitAsync((2 * scene.Lab.Kafka.SessionTimeout) + scene.Lab.ZooKeeper.TickTime, cancellationToken);
        await scene.HealAsync(broker, cancellationToken);
        await scene.WholeAsync(cancellationToken, preferred: true);
    }
}
