using CdcLab.Clients.Market;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>The order simulator answers, and its market moves: one look at its API judges both.</summary>
internal sealed class SimulatorCheck(MarketClient market, MySqlAccess access, FiguresStore figures, TimeProvider time) : AnswersCheck(Answers, Moves)
{
    // Fifteen mean arrival times without one have a chance of e^-15 in a market that lives.
    private const double PatienceArrivals = 15;
    // A third of sixty expected arrivals or less has a chance of 1e-9.
    private const double PaceArrivals = 60;
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(5);
    // Twice as long as a stall can be without being seen by a look.
    private static readonly TimeSpan ShortestPace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestPace = TimeSpan.FromMinutes(5);

    private static readonly Promise Answers = new("order-simulator.answers", ResourceNames.OrderSimulator, "answers its API", "It writes what is captured.")
    {
        How = "GET /v1/market of the simulator, within 2 s",
        Remedy = "`aspire resource order-simulator start`, restart or resume, by its state",
        Source = "specification, section 2.4",
    };

    // What was done to MySQL and its tables that costs each commit time.
    private static readonly string[] Slowing =
    [
        "mysql.dynamic_settings", "mysql.innodb_buffer_pool_size", "mysql.innodb_redo_log_capacity", MySqlTriggersCheck.Id, "mysql.schema.orders", "mysql.schema.order_executions", "memory.mysql", "mysql.mode",
    ];

    private static readonly Promise Moves = new(
        "order-simulator.market",
        ResourceNames.OrderSimulator,
        "orders and executions are committed while the rate is not 0, at no less than a third of it",
        "A source without changes proves nothing.")
    {
        How = "the simulator's own state: its last commit (5 s ago at most, longer at slow rates), its orders of the last 20 s, and what MySQL refuses it",
        Remedy = "what the error of MySQL asks for; `aspire resource mysql restart` where an account is locked, expired or without its grants",
        Source = "MySQL manual, \"Server Error Message Reference\"",
        Follows = [MySqlTriggersCheck.Id],
    };

    private readonly Queue<(DateTimeOffset At, long Orders)> _pace = [];
    private object? _run;
    private DateTimeOffset _runsSince;
    private int _looksWithMySqlBack;

    public MarketState? Last { get; private set; }

    // It costs one GET, and a market that stands still for 5 s is to be told within 10 s.
    public override TimeSpan? Every => TimeSpan.FromSeconds(2);

    protected override async Task<IReadOnlyList<Verdict>> AskAsync(CancellationToken cancellationToken)
    {
        MarketState? state = null;
        try
        {
            state = await market.StateAsync(cancellationToken);
            return [Answers.Ok($"answers, process {state.Pid}"), Judge(state, state.MySqlAnswers == false && await MySqlAnswersAsync())];
        }
        finally
        {
            Last = state;
            if (state is null)
                _run = null;
        }
    }

    /// <param name="mySqlIsBack">Whether MySQL answers the verifier, where it did not answer the market.</param>
    internal Verdict Judge(MarketState state, bool mySqlIsBack = false)
    {
        _looksWithMySqlBack = mySqlIsBack ? _looksWithMySqlBack + 1 : 0;
        DateTimeOffset now = time.GetUtcNow();
        // What is waited for begins anew with another run, another rate, or a MySQL that is back.
        object run = (state.StartedAt, state.OrdersPerSecond, state.Paused, state.MySqlAnswers, state.MySqlSince);
        if (!run.Equals(_run))
        {
            (_run, _runsSince) = (run, now);
            _pace.Clear();
        }

        _pace.Enqueue((now, state.Orders));
        string done = $"{state.Orders} orders, {state.Executions} executions since its start";
        if (state.Paused || !OrderRate.TryParse(state.OrdersPerSecond, out OrderRate rate) || rate.IsPaused)
            return Moves.Ok($"paused; {done}");
        // It tries again within two seconds.
        if (_looksWithMySqlBack is 1 or 2)
            return Moves.Unknown("MySQL answers again; the market has not noticed it yet.", "Wait for the next look.");
        if (state.MySqlAnswers == false)
            return Moves.Failed($"it waits for MySQL ({state.MySqlError}); {done}", Unreachable.Restart(ResourceNames.MySql), [ResourceNames.MySql]);
        Verdict? still = Still(state, rate, now);
        // What was not placed while the market stood still says nothing about its pace afterwards.
        if (still is not null || state.MySqlError is not null)
            _pace.Clear();
        if (still is not null)
            return still;
        return state.LastCommitAt is null
            ? Moves.Unknown("It has just begun: nothing is committed yet.", "Wait for the next look.")
            : Slow(state, rate, now) ?? Moves.Ok($"{done}, rate {state.OrdersPerSecond}/s");
    }

    // Within the time that mysql.answers has: the two see the same.
    private async Task<bool> MySqlAnswersAsync()
    {
        try
        {
            await using MySqlConnection connection = await access.LogInAsync(CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is CannotLookException || Unreachable.Is(e))
        {
            return false;
        }
    }

    private Verdict? Still(MarketState state, OrderRate rate, DateTimeOffset now)
    {
        TimeSpan patience = rate.IsMax ? ShortestPatience : Clamp(PatienceArrivals / rate.PerSecond, ShortestPatience, TimeSpan.FromDays(1));
        TimeSpan still = now - (state.LastCommitAt > _runsSince ? state.LastCommitAt.Value : _runsSince);
        if (still < patience)
            return null;
        string nothing = $"nothing was committed for {still.TotalSeconds:F0} s";
        if (state.MySqlError is not { } error)
            return Moves.Failed(nothing, "See the simulator's log; `aspire resource order-simulator restart` starts it again.");
        (string fix, string[] follows) = Explain(error);
        string why = $"{(error.Number is null ? "its last error is" : "MySQL refuses")}: {error}";
        return Moves.Failed($"{nothing}: {why}", fix, [ResourceNames.MySql]) with { Follows = follows };
    }

    private Verdict? Slow(MarketState state, OrderRate rate, DateTimeOffset now)
    {
        TimeSpan window = rate.IsMax ? LongestPace : Clamp(PaceArrivals / rate.PerSecond, ShortestPace, LongestPace);
        while (_pace.Count > 1 && now - _pace.ElementAt(1).At >= window)
            _pace.Dequeue();
        if (!_pace.TryPeek(out (DateTimeOffset At, long Orders) first))
            return null;
        (DateTimeOffset from, long before) = first;
        double seconds = (now - from).TotalSeconds, expected = rate.PerSecond * seconds;
        long orders = state.Orders - before;
        if (rate.IsMax || seconds < window.TotalSeconds || expected < PaceArrivals || orders * 3 >= expected)
            return null;
        string why = $"COMMIT took {state.Commit.P50Milliseconds:F0} ms (p99 {state.Commit.P99Milliseconds:F0} ms) in the last {state.Commit.Window.TotalSeconds:F0} s, "
            + $"{state.Open} orders are open, {state.Retries} retries since its start";
        return Moves.Failed(
            $"{orders} orders in the last {seconds:F0} s, where {expected:F0} are due at {state.OrdersPerSecond}/s: {why}",
            "See what slows MySQL (its log, SHOW PROCESSLIST, the machine's load), or ask for less: `aspire resource order-simulator market-halve`.") with
        { Follows = Slowing };
    }

    // Who holds which locks is not known (that takes MySQL's performance schema), but whose sessions are none of the lab's is. A restart ends all of them, and no prepared transaction.
    internal static string Unlock(LabFigures? seen)
    {
        string[] end = [.. (seen?.Strangers ?? []).Select(s => $"KILL {s.Session}"), .. (seen?.Prepared ?? []).Select(x => $"XA ROLLBACK {x}")];
        // A backtick in a name begins nothing to type.
        string[] who =
        [
            .. (seen?.Strangers ?? []).Select(s => $"session {s.Session} of {s.Account} ({s.Text}, for {s.Seconds} s)"),
            .. (seen?.Prepared ?? []).Select(x => $"prepared transaction {x}, which no session holds any more"),
        ];
        return end.Length == 0
            ? "Somebody holds locks that the market waits for: see who (SHOW FULL PROCESSLIST as root) and end that session by KILL, or run `aspire resource mysql restart`, which ends all."
            : $"Somebody holds locks that the market waits for. Not the lab's: {KafkaFix.Named(who).Replace('`', '\'')}. {Typed.AsRoot(end)}";
    }

    // What it takes where no check explains the error.
    private (string Fix, string[] Follows) Explain(DatabaseError error)
    {
        string fix = LoginRefusal.Fix(DatabaseUser.Simulator, error.Number ?? 0, error.Message);
        return error.Number switch
        {
            1290 or 1836 => ("Run `SET GLOBAL read_only = OFF`.", ["mysql.mode"]),
            3032 => (fix, ["mysql.mode"]),
            3 or 1021 or 1026 or 1114 => ("Free space on the disk of the data directory, and see MySQL's log.", ["mysql.mode"]),
            1040 => (fix, ["mysql.max_connections"]),
            1044 or 1045 or 1142 or 1143 or 1203 or 1226 or 1227 or 1820 or 1862 or 3118 or 3159 => (fix, ["mysql.grants.simulator"]),
            1062 or 1467 when error.Message.Contains($"{long.MaxValue}", StringComparison.Ordinal) || error.Number == 1467 => (
                $"The ids of the table are used up, by an order that is a commit like any other: nothing heals that. {FixText.BeginAnew}", []),
            // A row of the market's is gone from under it.
            1452 => ("See market.ledger: its fix sets back the orders that are missing.", [MySqlTriggersCheck.Id, "market.ledger", "mysql.schema.order_executions"]),
            // SIGNAL: somebody's own words.
            1644 => ("A trigger refuses it. As root: `SHOW TRIGGERS FROM cdclab`, and DROP TRIGGER what is there: the lab has none.", [MySqlTriggersCheck.Id]),
            // The table whose column or name it misses, where only one has it.
            1049 or 1054 or 1146 => (fix, [.. OrdersSchema.Tables.OrderByDescending(t => Names(error.Message, t)).Select(t => $"mysql.schema.{t.Name}"), MySqlTriggersCheck.Id]),
            // MySQL answers, and not to the market, or says so itself: its statements wait for somebody's locks.
            null or 1205 => (Unlock(figures.Fresh), [MySqlTriggersCheck.Id, "mysql.dynamic_settings", "mysql.mode"]),
            _ => ("See the simulator's log and MySQL's.", ["mysql.schema.orders", "mysql.schema.order_executions", "mysql.grants.simulator", "mysql.mode", MySqlTriggersCheck.Id, "mysql.dynamic_settings"]),
        };
    }

    private static bool Names(string message, TableSpec table) =>
        message.Contains($".{table.Name}'", StringComparison.Ordinal)
        || table.Columns.Any(c => message.Contains($"'{c.Name}'", StringComparison.Ordinal) && OrdersSchema.Tables.Count(t => t.Columns.Any(o => o.Name == c.Name)) == 1);

    private static TimeSpan Clamp(double seconds, TimeSpan least, TimeSpan most) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, least.TotalSeconds, most.TotalSeconds));
}
