namespace CdcLab.AppHost.Drills;

/// <summary>A drill of change data capture: the market's ledger, MySQL's rows and what a consumer got are compared, and the wait is that of a change for its consumer.</summary>
internal abstract class ChangeDrill(string name, string what) : Drill(name, what)
{
    protected static readonly TimeSpan Away = TimeSpan.FromSeconds(10);
    protected static readonly TimeSpan Load = TimeSpan.FromSeconds(10);

    // From the start of the worker's Java to its connector's first change, and a session of the worker that was killed.
    protected static readonly TimeSpan WorkerStart = TimeSpan.FromSeconds(50);

    public override string Resource => ResourceNames.Connect;

    public override bool IsOfKafka => false;

    public override bool IsOfChanges => true;

    public override bool IsForLegacy => false;

    protected static Prediction Of(double from, TimeSpan to, string because) => new(TimeSpan.FromSeconds(from), to, because, []);
}
