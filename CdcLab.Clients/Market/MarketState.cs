namespace CdcLab.Clients.Market;

/// <summary>The market's state (<c>GET /v1/market</c>). Counts are since the simulator's start.</summary>
public sealed record MarketState
{
    public required int Pid { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>The same seed with one worker gives the same orders.</summary>
    public required int Seed { get; init; }
    /// <summary>The target rate: a number or <c>max</c>.</summary>
    public required string OrdersPerSecond { get; init; }
    /// <summary>Whether no new orders are placed; open orders are still completed.</summary>
    public required bool Paused { get; init; }
    public required long Orders { get; init; }
    public required long Executions { get; init; }
    public required long Filled { get; init; }
    public required long Cancelled { get; init; }
    public required long Purged { get; init; }
    /// <summary>Failed attempts of transactions, each followed by a retry.</summary>
    public required long Retries { get; init; }
    /// <summary>Commits whose answer was lost and which the database turned out to have.</summary>
    public required long FoundCommitted { get; init; }
    /// <summary>Steps that were not done because another client had changed the order.</summary>
    public required long Refused { get; init; }
    /// <summary>Open orders of an earlier run that this run resumed.</summary>
    public required long Resumed { get; init; }
    public required int Open { get; init; }
    /// <summary>Duration of COMMIT over the last 30 to 60 seconds.</summary>
    public required LatencyFigures Commit { get; init; }
    /// <summary>Whether MySQL answers, and since when; null before the first attempt has ended.</summary>
    public required bool? MySqlAnswers { get; init; }
    public required DateTimeOffset? MySqlSince { get; init; }
}

/// <summary>The body of <c>POST /v1/market/rate</c>: the rate as the setting is written, <c>0</c>, <c>20</c>, <c>0.5</c>, <c>max</c>.</summary>
public sealed record MarketRateRequest(string OrdersPerSecond);
