using CdcLab.Clients.Market;

namespace CdcLab.Tests.Model.Verifier;

/// <summary>What a simulator answers that has just begun, to be changed by whoever needs more.</summary>
internal static class MarketStates
{
    public static MarketState Begun { get; } = new()
    {
        Pid = 1,
        StartedAt = default,
        Seed = 1,
        OrdersPerSecond = "20",
        Paused = false,
        Orders = 0,
        Executions = 0,
        Filled = 0,
        Cancelled = 0,
        Purged = 0,
        Retries = 0,
        FoundCommitted = 0,
        Refused = 0,
        Resumed = 0,
        Open = 0,
        Commit = new("mysql-commit", TimeSpan.Zero, 0, null, null, null, null),
        MySqlAnswers = true,
        MySqlSince = null,
    };
}
