namespace CdcLab.Verifier.Checks;

/// <summary>How a stored order compares with the market's ledger.</summary>
/// <param name="At">With <see cref="Match.Ahead"/>: the time of the step that is ahead.</param>
/// <param name="What">The end of a sentence that begins with the order.</param>
internal sealed record Comparison(Match Match, DateTime At = default, string What = "")
{
    private static readonly string Orders = $"{OrdersSchema.Database}.{OrdersSchema.Orders.Name}";
    private static readonly string Executions = $"{OrdersSchema.Database}.{OrdersSchema.OrderExecutions.Name}";

    /// <summary>The statements that set it right, each with its place among those of others: executions go before their order, and come after it.</summary>
    public IReadOnlyList<(int Place, string Sql)> Fix { get; init; } = [];

    /// <summary>Whether it lacks an execution whose id was given out again: set back, it would take the other's place.</summary>
    public bool LacksGivenAgain { get; init; }

    /// <summary>An order that the market did not place.</summary>
    public static Comparison Foreign(long id, Match match = Match.Differs, string what = "") => new(match, What: what)
    {
        Fix = [(0, $"DELETE FROM {Executions} WHERE order_id = {id}"), (1, $"DELETE FROM {Orders} WHERE order_id = {id}")],
    };

    /// <summary>An order that is not there.</summary>
    public static Comparison Missing(OrderRow expected) => new(Match.Differs, What: "is missing")
    {
        Fix =
        [
            (2, $"INSERT INTO {Orders} (order_id, user_id, symbol, order_type, quantity, price, status, created_at, updated_at) VALUES ("
                + $"{expected.Id}, {expected.UserId}, {Sql(expected.Symbol)}, {Sql(expected.OrderType)}, {expected.Quantity}, {Sql(expected.Price)}, "
                + $"{Sql(expected.Status)}, {Sql(expected.CreatedAt)}, {Sql(expected.UpdatedAt)})"),
            .. expected.Executions.Select(Restore),
        ],
    };

    /// <param name="isUnwritten">Whether a killed simulator may have committed a step of this time without its line.</param>
    public static Comparison Of(OrderRow row, OrderRow expected, Func<DateTime, bool> isUnwritten)
    {
        Differences columns = new();
        columns.Column("user_id", row.UserId, expected.UserId);
        columns.Column("symbol", row.Symbol, expected.Symbol);
        columns.Column("order_type", row.OrderType, expected.OrderType);
        columns.Column("quantity", row.Quantity, expected.Quantity);
        columns.Column("price", row.Price, expected.Price);
        columns.Column("created_at", row.CreatedAt, expected.CreatedAt);
        foreach (ExecutionRow known in expected.Executions)
        {
            int at = row.Executions.FindIndex(e => e.Id == known.Id);
            if (at < 0 || row.Executions[at] != known)
                columns.Add(at < 0 ? $"execution {known.Id} is missing" : $"execution {known.Id} is {row.Executions[at]} instead of {known}", Restore(known));
        }

        // What the ledger does not have: first what a killed simulator left, then perhaps a step whose line is about to be written.
        (string status, DateTime updated) = (expected.Status, expected.UpdatedAt);
        long executed = expected.Executed;
        bool unwritten = false;
        List<ExecutionRow> extras = [.. row.Executions.Where(e => !expected.Executions.Exists(x => x.Id == e.Id)).OrderBy(e => e.At).ThenBy(e => e.Id)];
        // The ledger counts in what a killed simulator left where it has a step after it: then its time, which somebody may have changed, does not matter.
        long counted = expected.Status == "FILLED" ? expected.Quantity - executed : 0;
        bool isCounted = counted > 0 && extras.Sum(e => (long)e.Quantity) == counted;
        if (counted > 0 && extras.Count == 0)
        {
            columns.Add(
                $"an execution of {counted} that a killed simulator left is missing, at a price that nobody knows any more",
                (3, $"INSERT INTO {Executions} (order_id, quantity, price, executed_at) VALUES ({row.Id}, {counted}, {Sql(expected.Price)}, {Sql(updated)})"));
        }

        bool IsLeft(ExecutionRow e) => isCounted || isUnwritten(e.At);
        foreach (ExecutionRow extra in extras.Where(IsLeft))
        {
            unwritten = true;
            executed += extra.Quantity;
            if (IsOpen(status) && extra.At >= updated)
                (status, updated) = (executed == expected.Quantity ? "FILLED" : "PARTIAL", extra.At);
        }

        extras.RemoveAll(IsLeft);
        bool isCancelled = row.Status == "CANCELLED" && IsOpen(status) && row.UpdatedAt >= updated;
        if (isCancelled && extras.Count == 0 && isUnwritten(row.UpdatedAt))
            (unwritten, isCancelled, status, updated) = (true, false, row.Status, row.UpdatedAt);

        Differences step = new();
        step.Column("status", row.Status, status);
        step.Column("updated_at", row.UpdatedAt, updated);
        foreach (ExecutionRow extra in extras)
            step.Add($"the market did not commit its execution {extra.Id} ({extra})", (0, $"DELETE FROM {Executions} WHERE execution_id = {extra.Id}"));
        bool isAhead = extras switch
        {
            [] => isCancelled,
            [var next] => IsOpen(status) && next.At >= updated && row.UpdatedAt == next.At && next.Quantity > 0
                && row.Status == (executed + next.Quantity == expected.Quantity ? "FILLED" : "PARTIAL") && executed + next.Quantity <= expected.Quantity,
            _ => false,
        };

        if (isAhead && columns.IsNone)
            return step.Make(Match.Ahead, row) with { At = row.UpdatedAt };
        // A step that may be the market's own stays where something else differs; alone, it is asked about.
        if (!isAhead)
            columns.AddRange(step);
        return columns.IsNone ? new(unwritten ? Match.Unwritten : Match.Same) : columns.Make(Match.Differs, row);
    }

    /// <summary>A time as the tables have it.</summary>
    public static string Text(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static bool IsOpen(string status) => status is "PENDING" or "PARTIAL";

    // Whatever has its id now: it may have been moved to another order.
    private static (int, string) Restore(ExecutionRow e) => (
        3,
        $"INSERT INTO {Executions} (execution_id, order_id, quantity, price, executed_at) "
            + $"VALUES ({e.Id}, {e.OrderId}, {e.Quantity}, {Sql(e.Price)}, {Sql(e.At)}) ON DUPLICATE KEY UPDATE order_id = {e.OrderId}, quantity = {e.Quantity}, price = {Sql(e.Price)}, executed_at = {Sql(e.At)}");

    private static string Sql<T>(T value) => value switch
    {
        DateTime time => $"'{Text(time)}'",
        string text => SqlText.Literal(text),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private sealed class Differences
    {
        private readonly List<string> _texts = [];
        private readonly List<(int, string)> _statements = [];
        private readonly List<string> _sets = [];

        public bool IsNone => _texts.Count == 0;

        public void Column<T>(string name, T found, T expected)
        {
            if (EqualityComparer<T>.Default.Equals(found, expected))
                return;
            _texts.Add($"{name} is {Sql(found)} instead of {Sql(expected)}");
            _sets.Add($"{name} = {Sql(expected)}");
        }

        public void Add(string text, (int, string) statement)
        {
            _texts.Add(text);
            _statements.Add(statement);
        }

        public void AddRange(Differences others)
        {
            _texts.AddRange(others._texts);
            _statements.AddRange(others._statements);
            _sets.AddRange(others._sets);
        }

        public Comparison Make(Match match, OrderRow row)
        {
            // Set to itself, or ON UPDATE would change it.
            string kept = _sets.Exists(s => s.StartsWith("updated_at", StringComparison.Ordinal)) ? "" : ", updated_at = updated_at";
            (int, string) update = (2, $"UPDATE {Orders} SET {string.Join(", ", _sets)}{kept} WHERE order_id = {row.Id}");
            return new(match, What: string.Join(", ", _texts)) { Fix = _sets.Count == 0 ? _statements : [.. _statements, update] };
        }
    }
}

internal enum Match
{
    Same,
    /// <summary>The order is older than what is known of the ledger.</summary>
    NotKnown,
    /// <summary>A killed simulator may have committed it without a line.</summary>
    Unwritten,
    /// <summary>One step further than the ledger: the simulator may be about to write the line.</summary>
    Ahead,
    Differs,
}
