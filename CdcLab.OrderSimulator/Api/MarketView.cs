using CdcLab.Clients.Market;
using CdcLab.Model.Reports;
using CdcLab.Model.Options;
using CdcLab.OrderSimulator.Trading;

namespace CdcLab.OrderSimulator.Api;

/// <summary>The market as its API shows it.</summary>
/// <param name="settings">What the market is.</param>
/// <param name="source">Its pace and what is open.</param>
/// <param name="figures">Its counts.</param>
/// <param name="reachability">Whether MySQL answers.</param>
internal sealed class MarketView(MarketSettings settings, WorkSource source, MarketFigures figures, Reachability reachability)
{
    /// <summary>The state now.</summary>
    public MarketState State()
    {
        (OrderRate rate, bool paused) = source.Pace;
        (bool? answers, DateTimeOffset? since) = reachability.State;
        (long orders, long executions, long filled, long cancelled, long purged, long retries, long foundDone, long refused, long takenUp, LatencyFigures commit) = figures.Read();
        return new()
        {
            Pid = Environment.ProcessId,
            StartedAt = settings.StartedAt,
            Seed = settings.Seed,
            OrdersPerSecond = rate.ToString(),
            Paused = paused,
            Orders = orders,
            Executions = executions,
            Filled = filled,
            Cancelled = cancelled,
            Purged = purged,
            Retries = retries,
            FoundCommitted = foundDone,
            Refused = refused,
            Resumed = takenUp,
            Open = source.Open,
            Commit = commit,
            MySqlAnswers = answers,
            MySqlSince = since,
        };
    }
}
