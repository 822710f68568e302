using CdcLab.Clients.Market;

namespace CdcLab.Verifier.Checks;

/// <summary>The order simulator answers, and its market moves: one look at its API judges both.</summary>
internal sealed class SimulatorCheck(MarketClient market, TimeProvider time) : AnswersCheck(Answers, Moves)
{
    // Fifteen mean arrival times without one have a chance of e^-15 in a market that lives.
    private const double PatienceArrivals = 15;
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(8);
    private static readonly Promise Answers = new("order-simulator.answers", ResourceNames.OrderSimulator, "answers its API", "It writes what is captured.");
    private static readonly Promise Moves = new(
        "order-simulator.market",
        ResourceNames.OrderSimulator,
        "orders and executions are committed while the rate is not 0",
        "A source without changes proves nothing.");

    private long? _commits;
    private long _lastProgress;

    public MarketState? Last { get; private set; }

    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        MarketState? state = null;
        try
        {
            state = await market.StateAsync(cancellationToken);
            return [Answers.Ok($"answers, process {state.Pid}"), Judge(state)];
        }
        finally
        {
            Last = state;
            if (state is null)
                _commits = null;
        }
    }

    internal Verdict Judge(MarketState state)
    {
        long commits = state.Orders + state.Executions + state.Cancelled;
        bool first = _commits is null;
        if (commits != _commits)
            (_commits, _lastProgress) = (commits, time.GetTimestamp());

        string done = $"{state.Orders} orders, {state.Executions} executions since its start";
        if (state.Paused || (OrderRate.TryParse(state.OrdersPerSecond, out OrderRate rate) && rate.IsPaused))
            return Moves.Ok($"paused; {done}");
        if (state.MySqlAnswers == false)
            return Moves.Failed($"it waits for MySQL; {done}", Unreachable.Restart(ResourceNames.MySql), [ResourceNames.MySql]);
        if (first && commits == 0)
            return Moves.Unknown("It has just begun: nothing is committed yet.", "Wait for the next look.");

        TimeSpan still = time.GetElapsedTime(_lastProgress);
        TimeSpan patience = rate.PerSecond > 0 && !rate.IsMax && PatienceArrivals / rate.PerSecond > ShortestPatience.TotalSeconds
            ? TimeSpan.FromSeconds(Math.Min(PatienceArrivals / rate.PerSecond, TimeSpan.FromDays(1).TotalSeconds))
            : ShortestPatience;
        return still > patience
            ? Moves.Failed($"nothing was committed for {still.TotalSeconds:F0} s; {done}", "See the simulator's log.")
            : Moves.Ok($"{done}, rate {state.OrdersPerSecond}/s");
    }
}
