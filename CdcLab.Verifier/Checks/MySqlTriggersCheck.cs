namespace CdcLab.Verifier.Checks;

/// <summary>Nothing in the server acts by itself on the market's tables. What was made with sql_log_bin=0 is in no binlog, and debezium may not see it: the AppHost looks as root.</summary>
internal sealed class MySqlTriggersCheck(FiguresStore figures) : ICheck
{
    public const string Id = "mysql.triggers";

    private static readonly Promise Triggers = new(
        Id,
        ResourceNames.MySql,
        $"no trigger acts on {OrdersSchema.Database}, and there is no event",
        "it changes or refuses rows that no application meant to, and the market's own look wrong")
    {
        How = "information_schema.triggers and information_schema.events, by the AppHost as root each 2 s",
        Remedy = "DROP TRIGGER and DROP EVENT; what it did to rows, market.ledger says afterwards",
        Source = "MySQL Reference Manual, \"Using Triggers\" and \"Using the Event Scheduler\"",
    };

    public IReadOnlyList<Promise> Promises => [Triggers];

    // It judges what is in memory.
    public TimeSpan? Every => TimeSpan.FromSeconds(2);

    public Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Verdict>>([Judge(figures.Require())]);

    /// <summary>What only root sees cannot be seen.</summary>
    public static Verdict Unseen(Promise promise, LabFigures figures) => figures.RootRefusal is { } refusal
        ? promise.Unknown($"MySQL refuses the lab's root: {refusal}.", "Let it log in again as root@localhost with its password, the key root of secrets.json: ALTER USER sets a password, ends its expiry and unlocks an account.")
        : promise.Unknown("MySQL does not answer the AppHost's look as root.", Unreachable.Restart(ResourceNames.MySql));

    internal static Verdict Judge(LabFigures figures) =>
        figures.Triggers is not { } found ? Unseen(Triggers, figures)
        : found.Count == 0 ? Triggers.Ok("none")
        : Triggers.Failed(
            KafkaFix.Named(found.Select(t => $"{t.Kind.ToLowerInvariant()} {t.Schema}.{t.Name} ({t.On})")),
            $"{Typed.AsRoot([.. found.Select(t => $"DROP {t.Kind} IF EXISTS {TableDifferences.Name(t.Schema)}.{TableDifferences.Name(t.Name)}")])} What it changed or refused, no application meant.");
}
