using CdcLab.Clients.Market;

namespace CdcLab.Tests.Model.View;

/// <summary>What a simulator tells of itself.</summary>
internal static class Markets
{
    public static MarketState Of(string rate, bool paused) => new()
    {
        Pid = 4711,
        StartedAt = ShownLab.Start,
        Seed = 1,
        OrdersPerSecond = rate,
        Paused = paused,
        Orders = 1_234,
        Executions = 2_345,
        Filled = 900,
        Cancelled = 100,
        Purged = 0,
        Retries = 0,
        FoundDone = 0,
        Refused = 0,
        TakenUp = 0,
        Open = 234,
        Commit = new("mysql-commit", TimeSpan.FromMinutes(1), 0, null, null, null, null),
        MySqlAnswers = true,
        MySqlSince = ShownLab.Start,
    };
}
