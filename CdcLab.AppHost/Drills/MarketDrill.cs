using CdcLab.Model.Drills;

namespace CdcLab.AppHost.Drills;

/// <summary>What the market did during a drill of MySQL or of change data capture.</summary>
/// <param name="Commits">Orders and executions that it committed; of change data capture: commits whose event came.</param>
/// <param name="StandstillSeconds">The longest time without a commit; of change data capture: from a commit to its consumer.</param>
/// <param name="Faults">What must not be: a commit without its row, a row without its commit, an order that does not fit its executions.</param>
/// <param name="Duplicates">Events of changes that came again; null where no changes were followed.</param>
/// <param name="Missing">Changes that never came; null where no changes were followed.</param>
internal sealed record MarketResult(long Commits, double StandstillSeconds, IReadOnlyList<string> Faults, long? Duplicates = null, long? Missing = null);

/// <summary>MySQL is killed or paused under load: every commit of the market's ledger is there, none twice, and the market goes on by itself.</summary>
internal sealed class MarketDrill(bool isKilled)
    : Drill(
        isKilled ? "mysql-killed" : "mysql-paused",
        isKilled ? "kills (SIGKILL) MySQL under load, and starts it later" : "pauses (SIGSTOP) MySQL under load, and resumes it")
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);

    public override string Resource => ResourceNames.MySql;

    // What goes on in Kafka meanwhile is no matter of this drill.
    public override bool IsOfKafka => false;

    public override Prediction Predict(DrillSettings live) => isKilled
        ? new(Away, Away + TimeSpan.FromSeconds(25), $"it is away for {Away.TotalSeconds:0} s, and its start recovers what was committed", [])
        : new(Away, Away + TimeSpan.FromSeconds(8), $"it is away for {Away.TotalSeconds:0} s, and the market tries again within two", []);

    public override async Task RunAsync(DrillScene scene, CancellationToken cancellationToken)
    {
        await DrillScene.WaitAsync(Load, cancellationToken);
        await (isKilled ? scene.KillAsync(ResourceNames.MySql, cancellationToken) : scene.PauseAsync(ResourceNames.MySql, cancellationToken));
        await DrillScene.WaitAsync(Away, cancellationToken);
        await scene.HealAsync(ResourceNames.MySql, cancellationToken);
        await scene.MarketGoesOnAsync(cancellationToken);
        await DrillScene.WaitAsync(Load, cancellationToken);
    }
}
