using System.Text.Json.Serialization;

namespace CdcLab.Clients.Market;

/// <summary>One line of the market's ledger: a commit that MySQL acknowledged.</summary>
public sealed record LedgerEntry
{
    /// <summary>What the commit did.</summary>
    public required LedgerKind Kind { get; init; }

    /// <summary>The time that the transaction wrote into its rows (UTC, milliseconds).</summary>
    public required DateTime At { get; init; }

    /// <summary>The order; 0 in purges, and left out of their lines.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long OrderId { get; init; }

    /// <summary>The order's status after the commit, as the database writes it.</summary>
    public string? Status { get; init; }

    /// <summary>Quantity of the order (insert) or of the execution (execute).</summary>
    public int? Quantity { get; init; }

    /// <summary>Price of the order (insert) or of the execution (execute).</summary>
    public decimal? Price { get; init; }

    /// <summary>Executed quantity of the whole order after the commit.</summary>
    public int? Executed { get; init; }

    /// <summary>The execution's row.</summary>
    public long? ExecutionId { get; init; }

    /// <summary>Who ordered (insert).</summary>
    public long? UserId { get; init; }

    /// <summary>What was ordered (insert).</summary>
    public string? Symbol { get; init; }

    /// <summary>BUY or SELL (insert).</summary>
    public string? OrderType { get; init; }

    /// <summary>The deleted orders (purges).</summary>
    public IReadOnlyList<long>? OrderIds { get; init; }
}
