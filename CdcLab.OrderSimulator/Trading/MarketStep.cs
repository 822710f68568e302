using CdcLab.Clients.Market;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>One step of the market: exactly one transaction.</summary>
internal abstract class MarketStep
{
    /// <summary>The time that the transaction writes into its rows: UTC, whole milliseconds as the columns have them. Given by us and not by the server, so
    /// that a row read back after a lost answer can be told from another row that got the same id.</summary>
    public DateTime At { get; set; }

    /// <summary>The step's name in traces and metrics.</summary>
    public abstract string Name { get; }

    /// <summary>What the ledger says when the step is committed.</summary>
    public abstract LedgerEntry Entry();

    /// <summary>The present time as a step writes it.</summary>
    public static DateTime Now(TimeProvider time)
    {
        DateTime now = time.GetUtcNow().UtcDateTime;
        return new(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
    }
}
