using CdcLab.Model.Live;

namespace CdcLab.Clients.Market;

/// <summary>What the order simulator tells of itself (<c>GET /v1/market</c>).</summary>
public sealed record MarketState
{
    /// <summary>The simulator's process id.</summary>
    public required int Pid { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The seed of this market's chance; the same seed with one worker gives the same orders.</summary>
    public required int Seed { get; init; }

    /// <summary>The rate that is aimed at: a number or <c>max</c>.</summary>
    public required string OrdersPerSecond { get; init; }

    /// <summary>Whether no new orders are placed; those that are open still come to their end.</summary>
    public required bool Paused { get; init; }

    /// <summary>Orders placed since the start.</summary>
    public required long Orders { get; init; }

    /// <summary>Executions since the start.</summary>
    public required long Executions { get; init; }

    /// <summary>Orders filled since the start.</summary>
    public required long Filled { get; init; }

    /// <summary>Orders cancelled since the start.</summary>
    public required long Cancelled { get; init; }

    /// <summary>Orders purged since the start.</summary>
    public required long Purged { get; init; }

    /// <summary>Transactions that had to be tried again.</summary>
    public required long Retries { get; init; }

    /// <summary>Commits whose answer was lost and that had been done all the same.</summary>
    public required long FoundDone { get; init; }

    /// <summary>Steps that were not done because the order was not as this simulator had left it: somebody else works on it.</summary>
    public required long Refused { get; init; }

    /// <summary>Orders taken up that an earlier run had left open.</summary>
    public required long TakenUp { get; init; }

    /// <summary>Orders that are open now and that this simulator works on.</summary>
    public required int Open { get; init; }

    /// <summary>Duration of COMMIT over the last half to whole minute.</summary>
    public required LatencyFigures Commit { get; init; }

    /// <summary>Whether MySQL answers; null before the first attempt ended.</summary>
    public required bool? MySqlAnswers { get; init; }

    /// <summary>Since when that is so.</summary>
    public required DateTimeOffset? MySqlSince { get; init; }
}
