using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>Nothing is broken: healthy clusters have lost acknowledged writes too.</summary>
internal sealed class ControlDrill() : Drill("control", "breaks nothing, and sends for a minute")
{
    public override bool IsForLegacy => true;

    protected override bool BreaksBrokers => false;

    public override Prediction Predict(DrillSettings live) => new(TimeSpan.Zero, Predictions.Latency, "nothing is broken", []) { IsSteady = true };

    public override Task RunAsync(DrillScene scene, CancellationToken cancellationToken) => DrillScene.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
}
