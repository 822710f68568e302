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
    /// <summary>When an order was last committed as placed, executed or cancelled; null before the first.</summary>
    public DateTimeOffset? LastCommitAt { get; init; }
    /// <summary>The time in the rows of the oldest transaction whose COMMIT was sent and whose line is not in the ledger yet; null for none.</summary>
    public DateTime? CommittingSince { get; init; }
    /// <summary>Whether MySQL answers, be it with a refusal, and since when; null before the first attempt has ended.</summary>
    public required bool? MySqlAnswers { get; init; }
    public required DateTimeOffset? MySqlSince { get; init; }
    /// <summary>The last error of a transaction or a login; null where there was none for some seconds.</summary>
    public DatabaseError? MySqlError { get; init; }
}

/// <summary>An error in MySQL's own words, or in those of its client where MySQL did not answer.</summary>
/// <param name="Number">MySQL's number, e.g. 1290; null where MySQL did not answer.</param>
public sealed record DatabaseError(int? Number, string Message)
{
    public override string ToString() => Number is null ? Message : $"{Message} ({Number})";
}

/// <summary>The body of <c>POST /v1/market/rate</c>: the rate as the setting is written, <c>0</c>, <c>20</c>, <c>0.5</c>, <c>max</c>.</summary>
public sealed record MarketRateRequest(string OrdersPerSecond);
