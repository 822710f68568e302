using System.Globalization;

namespace CdcLab.Clients.Market;

/// <summary>What comparing the ledger with the database found.</summary>
public sealed record LedgerAuditReport
{
    /// <summary>Ledger lines that were read.</summary>
    public required long Lines { get; init; }

    /// <summary>Orders that are in the database.</summary>
    public required long Orders { get; init; }

    /// <summary>Executions that are in the database.</summary>
    public required long ExecutionsInDatabase { get; init; }

    /// <summary>Executions that the ledger has a line of. Fewer than in the database: a commit was not acknowledged (the simulator was killed between the two), or
    /// its line went with the oldest segment. More: executions were purged.</summary>
    public required long ExecutionsInLedger { get; init; }

    /// <summary>Orders that the ledger says are purged.</summary>
    public required long Purged { get; init; }

    /// <summary>How many things are wrong.</summary>
    public required long ProblemCount { get; init; }

    /// <summary>The first of them, one line each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Whether nothing acknowledged is lost, nothing was executed twice, and every invariant holds.</summary>
    public bool IsClean => ProblemCount == 0;

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Lines} ledger lines ({ExecutionsInLedger} executions, {Purged} orders purged), {Orders} orders and {ExecutionsInDatabase} executions in the database: {(IsClean ? "clean" : $"{ProblemCount} problems{Environment.NewLine}{string.Join(Environment.NewLine, Problems)}")}");
}
