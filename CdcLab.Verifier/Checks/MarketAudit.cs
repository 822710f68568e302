using System.Runtime.InteropServices;
using CdcLab.Clients.Market;

namespace CdcLab.Verifier.Checks;

/// <summary>Judges the rows that a look has read, and keeps what is broken until it is right or gone.</summary>
internal sealed class MarketAudit(MarketBook book)
{
    /// <summary>What to do where the ledger is not there.</summary>
    public const string BeginLedger = "Run `aspire resource order-simulator restart`, which begins a ledger where there is none; its log says what it may not write. What stood in a ledger that is lost cannot be compared any more.";

    private const int MostListed = 500;
    private const int Shown = 5;
    // More is set back by a command of the lab, which gets the statements.
    private const int MostTyped = 5;

    /// <summary>The command that sets back what the ledger knows.</summary>
    public const string SetBackCommand = "aspire resource order-simulator market-set-back";
    private static readonly string[] Tables = ["mysql.schema.orders", "mysql.schema.order_executions", "mysql.grants.debezium", "mysql.dynamic_settings", MySqlTriggersCheck.Id];

    // Who waits for somebody's locks learns nothing of the rows.
    private static readonly string[] Blocking = [.. Tables, "order-simulator.market"];

    private static readonly Promise Invariants = new(
        "market.invariants",
        ResourceNames.OrderSimulator,
        "executions that fit each order's status and quantity",
        "every commit must leave the orders consistent, or what CDC carries is wrong")
    {
        How = "SELECT as debezium: at each look the newest orders, the open ones, and the next slice of the whole table by primary key, for 20 ms at most",
        Remedy = "what `market.ledger` says; where the ledger does not know the order any more, delete it",
        Source = "specification, \"Invariants that hold at every commit\"",
        Follows = Blocking,
    };

    private static readonly Promise Values = new(
        "market.values",
        ResourceNames.OrderSimulator,
        "every column of every order and execution has a value that can be: listed shares, legal ticks, prices no worse than the limit, times that have been",
        "a consumer that trusts the data fails on what no market writes")
    {
        How = "the rows that market.invariants reads",
        Remedy = "what `market.ledger` says; where the ledger does not know the order any more, delete it",
        Source = "specification, section 2.4; Korea Exchange, tick sizes since 25 January 2023 and daily price limit of 30 %",
        Follows = Blocking,
    };

    private static readonly Promise Ledger = new(
        "market.ledger",
        ResourceNames.OrderSimulator,
        "every commit of the market that was not purged has its rows, and no row is without its commit",
        "what was acknowledged must stay, and what others write beside the market is not the market's")
    {
        How = "the rows that market.invariants reads, against the simulator's ledger in the data directory (the newest 300,000 orders)",
        Remedy = $"statements that set back what the ledger knows; `{SetBackCommand}` where they are many",
        Source = "MySQL manual, \"InnoDB and the ACID Model\" (durability)",
        Follows = Blocking,
    };

    private const string Damaged = $"Somebody changed the ledger's file: what it has lost cannot be compared, and nothing may be deleted for it. {FixText.BeginAnew}";

    private readonly Dictionary<long, Finding> _broken = [];
    // Of this pass over the table: found broken beyond the list, compared, too old for the ledger, without a line.
    private Pass _pass;
    private Pass _lastPass;
    private bool _isEnd;
    private int _passes;
    // The pass in which something differs since.
    private int? _differsSince;
    private int _ahead;

    /// <summary>Whether the ledger is as the market wrote it, as far as it is known: else nothing may be deleted for what it does not have.</summary>
    public bool IsLedgerWhole { get; set; } = true;

    public static IReadOnlyList<Promise> Promises { get; } = [Invariants, Values, Ledger];

    public MarketBook Book => book;

    /// <summary>The statements that set back what was found not to be as the ledger has it, in their order.</summary>
    public IReadOnlyList<string> SetBack { get; private set; } = [];

    /// <summary>The orders that were found broken: they are read at every look.</summary>
    public IReadOnlyCollection<long> Broken => _broken.Keys;

    /// <summary>Judges every order.</summary>
    /// <param name="moving">Orders with lines in the ledger that are newer than the rows.</param>
    /// <returns>Orders that are one step ahead of the ledger.</returns>
    public IReadOnlyList<OrderRow> Judge(MarketRows rows, HashSet<long> moving, bool hasLedger, DateTime now)
    {
        if (rows.Ranges[0].From == long.MinValue)
            (_lastPass, _pass, _passes) = (_pass, default, _passes + 1);
        _isEnd = rows.Ranges[0].To == long.MaxValue;
        List<OrderRow> ahead = [];
        Dictionary<long, Finding> found = [];
        foreach (OrderRow row in rows.Orders.Values)
        {
            Comparison? comparison = hasLedger && !moving.Contains(row.Id) ? book.Compare(row) : null;
            if (row.Id <= rows.Ranges[0].To)
                _pass.Count(comparison?.Match);
            // What was decided before stays decided, whether or not the simulator answers now.
            if (comparison?.Match == Match.Ahead && _broken.GetValueOrDefault(row.Id) is { Differs: true } known && known.Ledger!.At == comparison.At)
                comparison = comparison with { Match = Match.Differs };
            else if (comparison?.Match == Match.Ahead)
                ahead.Add(row);
            Finding finding = new(MarketRules.Invariant(row), MarketRules.Value(row, now, judgeTimes: comparison?.Match != Match.Same), comparison);
            if (finding.IsBroken)
                found[row.Id] = finding;
        }

        foreach (ExecutionRow orphan in rows.Orphans)
            found[orphan.OrderId] = new($"does not exist, and has execution {orphan.Id}", null, hasLedger && !moving.Contains(orphan.OrderId) ? new(Match.NotKnown) : null);
        IEnumerable<long> expected = hasLedger ? rows.Ranges.SelectMany(r => book.Expected(r.From, r.To)) : [];
        foreach (long id in expected.Where(id => !rows.Orders.ContainsKey(id) && !moving.Contains(id)))
            found[id] = new(found.GetValueOrDefault(id)?.Invariant, null, Comparison.Missing(book.Find(id)!));

        foreach (long id in _broken.Keys.Where(id => !moving.Contains(id) && rows.Ranges.Exists(r => r.From <= id && id <= r.To)).ToArray())
            _broken.Remove(id);
        foreach ((long id, Finding finding) in found)
            Keep(id, finding);
        _ahead = ahead.Count;
        return ahead;
    }

    /// <summary>Decides on orders that were ahead of the ledger, after the simulator was asked and then the ledger was read again: a commit of the simulator has its
    /// line by now, or it is one that the simulator still waits for.</summary>
    /// <param name="state">What the simulator answered; null where it did not.</param>
    public void Confirm(IReadOnlyList<OrderRow> ahead, HashSet<long> moving, MarketState? state)
    {
        _ahead = 0;
        foreach (OrderRow row in ahead.Where(r => !moving.Contains(r.Id)))
        {
            if (book.Compare(row) is not { Match: Match.Ahead } comparison)
                continue;
            if (state is null || state.CommittingSince <= comparison.At)
                _ahead++;
            else
                Keep(row.Id, (_broken.GetValueOrDefault(row.Id) ?? new(null, null, null)) with { Ledger = comparison with { Match = Match.Differs } });
        }
    }

    /// <param name="progress">How much of the table has been seen.</param>
    /// <param name="unread">Why the ledger could not be read; null where it was.</param>
    /// <param name="readsBack">Whether older lines of the ledger are still to be read.</param>
    public IReadOnlyList<Verdict> Verdicts(string progress, string? unread, bool readsBack) =>
    [
        OfRows(Invariants, f => f.Invariant, "with executions that do not fit", progress, readsBack),
        OfRows(Values, f => f.Value, "with values that cannot be", progress, readsBack),
        unread is null ? OfLedger(progress) : Ledger.Unknown(unread, IsLedgerWhole ? BeginLedger : Damaged),
    ];

    private Verdict OfRows(Promise promise, Func<Finding, string?> what, string how, string progress, bool readsBack)
    {
        KeyValuePair<long, Finding>[] broken = [.. _broken.Where(b => what(b.Value) is not null).OrderBy(b => b.Value.Differs)];
        if (broken.Length == 0)
            return promise.Ok(progress);
        KeyValuePair<long, Finding>[] unexplained = [.. broken.TakeWhile(b => !b.Value.Differs)];
        string fix = unexplained.Length == 0 ? "See market.ledger."
            : readsBack ? "Wait: the ledger, which may know what is right, is still being read."
            : unexplained.Any(Is(Match.Same)) ? "The market itself committed it: that is a fault of the simulator, to be reported with its ledger."
            : unexplained.Any(Is(Match.NotKnown)) && !IsLedgerWhole ? Damaged
            : unexplained.Any(Is(Match.NotKnown)) ? Statements(
                "The ledger does not know these orders, or no longer. Set them right by hand, or delete them as a purge would",
                unexplained.Where(Is(Match.NotKnown)).Select(b => Comparison.Foreign(b.Key).Fix))
            // Only what was compared may be deleted.
            : "Wait for the next look: it was not compared with the ledger yet.";
        string[] follows = unexplained.Length == 0 ? [Ledger.Id] : Follow;
        return promise.Failed($"{Count(broken.Length)} {how}: {List(broken, what)}; {progress}", fix, needs: []) with { Follows = follows };

        static Func<KeyValuePair<long, Finding>, bool> Is(Match match) => b => b.Value.Ledger?.Match == match;
    }

    private Verdict OfLedger(string progress)
    {
        KeyValuePair<long, Finding>[] broken = [.. _broken.Where(b => b.Value.Differs)];
        _differsSince = broken.Length == 0 ? null : _differsSince ?? _passes;
        SetBack = !IsLedgerWhole ? [] : [.. broken.SelectMany(b => b.Value.Ledger!.Fix).OrderBy(s => s.Place).Select(s => s.Sql)];
        Pass pass = _isEnd || _pass.Same + _pass.NotKnown > _lastPass.Same + _lastPass.NotKnown ? _pass : _lastPass;
        string compared = $"{progress}; {pass.Same:N0} compared with the ledger"
            + (pass.NotKnown > 0 ? $", {pass.NotKnown:N0} are older than what is kept of it" : "")
            + (pass.Unwritten > 0 ? $", {pass.Unwritten:N0} with a commit of a killed simulator" : "")
            + (_ahead > 0 ? $", {_ahead:N0} may be about to get their line" : "");
        if (broken.Length == 0 && _pass.Unlisted + _lastPass.Unlisted == 0)
            return Ledger.Ok(compared);
        bool isGivenAgain = broken.Count(b => b.Value.Ledger!.LacksGivenAgain) > MostTyped;
        string lost = isGivenAgain ? $"; {book.GivenAgain:N0} executions have an id that was given out again, and cannot all be stored" : "";
        string fix = isGivenAgain
            ? $"A table was emptied and counts anew: what was in it is lost, and nothing sets it back. {FixText.BeginAnew}"
            : !IsLedgerWhole && broken.Length > 0
            ? Damaged
            : broken.Length == 0 ? "Wait: the next pass over the table looks for more."
            : broken.Length > MostTyped || _pass.Unlisted + _lastPass.Unlisted > 0
            ? $"Run `{SetBackCommand}`: it sets back, as root, every order that it finds not to be as the ledger has it."
            : Statements("Set back what the market did not write", broken.Select(b => b.Value.Ledger!.Fix))
            // A whole pass since the first one tells whether there is more.
            + (_passes > _differsSince + 1 ? "" : $" The table is still being read: `{SetBackCommand}` sets back what else is found.");
        return Ledger.Failed($"{Count(broken.Length)} not as the ledger has them: {List(broken, f => f.Ledger!.What)}{lost}; {progress}", fix, needs: []) with { Follows = Follow };
    }

    // A table that is not what it was breaks many orders; a few are somebody's own doing, or a trigger's.
    private string[] Follow => _broken.Count > MostTyped || _pass.Unlisted + _lastPass.Unlisted > 0 ? Tables : [MySqlTriggersCheck.Id];

    private static string Statements(string what, IEnumerable<IReadOnlyList<(int Place, string Sql)>> fixes)
    {
        IReadOnlyList<(int Place, string Sql)>[] all = [.. fixes];
        string sql = string.Join(", ", all.Take(MostTyped).SelectMany(f => f).OrderBy(s => s.Place).Select(s => FixText.Code(s.Sql)));
        return $"{what}: {sql}.{(all.Length > MostTyped ? $" Then look again for the {all.Length - MostTyped:N0} more." : "")}";
    }

    private string Count(int broken) => $"{broken:N0}{(_pass.Unlisted + _lastPass.Unlisted > 0 ? " and more" : "")} order{(broken == 1 ? "" : "s")}";

    private static string List(KeyValuePair<long, Finding>[] broken, Func<Finding, string?> what) =>
        string.Join("; ", broken.Take(Shown).Select(b => $"order {b.Key} {what(b.Value)}"))
        + (broken.Length > Shown ? $"; and {broken.Length - Shown:N0} more" : "");

    private void Keep(long id, Finding finding)
    {
        if (_broken.Count < MostListed || _broken.ContainsKey(id))
            _broken[id] = finding;
        else
            _pass.Unlisted++;
    }

    private sealed record Finding(string? Invariant, string? Value, Comparison? Ledger)
    {
        public bool Differs => Ledger?.Match == Match.Differs;

        public bool IsBroken => Invariant is not null || Value is not null || Differs;
    }

    [StructLayout(LayoutKind.Auto)]
    private record struct Pass(long Same, long NotKnown, long Unwritten, long Unlisted)
    {
        public void Count(Match? match)
        {
            if (match == Match.NotKnown)
                NotKnown++;
            else if (match is not null)
                Same++;
            if (match == Match.Unwritten)
                Unwritten++;
        }
    }
}
