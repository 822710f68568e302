using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

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
        await scene.Changes.ChangesFlowAsync(cancellationToken);
    }
}
