using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>A broker ends and is started at once, five times.</summary>
internal sealed class BrokerBouncedDrill(BrokerRole role, bool isHard)
    : Drill(
        $"{role.ToString().ToLowerInvariant()}-bounced{(isHard ? "-hard" : "")}",
        $"{(isHard ? "kills (SIGKILL)" : "stops")} whoever is the {role.ToString().ToLowerInvariant()} and starts it at once, {Times} times")
{
    private const int Times = 5;

    public override Prediction Predict(DrillSettings live) => isHard ? Predictions.OfSilence(live) : Predictions.OfHandOver();

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        for (int i = 0; i < Times; i++)
        {
            string broker = await scene.BrokerAsync(role, cancellationToken);
            await (isHard ? scene.KillAsync(broker, cancellationToken) : scene.StopAsync(broker, cancellationToken));
            await scene.HealAsync(broker, cancellationToken);
            await scene.WholeAsync(cancellationToken);
        }

        await scene.WholeAsync(cancellationToken, preferred: true);
    }
}
