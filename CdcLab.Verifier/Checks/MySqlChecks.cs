using Dapper;
using MySqlConnector;

namespace CdcLab.Verifier.Checks;

/// <summary>A check that logs in anew for each look: a session keeps the global privileges that it logged in with, and what a new client may do is what counts.</summary>
internal abstract class MySqlCheck(MySqlAccess access, params Promise[] promises) : ICheck
{
    public IReadOnlyList<Promise> Promises => promises;

    public async Task<IReadOnlyList<Verdict>> LookAsync(CancellationToken cancellationToken)
    {
        await using MySqlConnection connection = await access.LogInAsync(cancellationToken);
        List<Verdict> verdicts = [];
        foreach (Promise promise in promises)
            verdicts.Add(await JudgeAsync(connection, promise, cancellationToken));
        return verdicts;
    }

    protected abstract Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken);
}

/// <summary>The latest orders of each status have executions that fit it (specification, "Invariants that hold at every commit").</summary>
internal sealed class MarketInvariantsCheck(MySqlAccess access) : MySqlCheck(access, new Promise(
    "market.invariants",
    ResourceNames.OrderSimulator,
    "executions that fit each order's status and quantity",
    "every commit must leave the orders consistent, or what CDC carries is wrong"))
{
    private const int Sample = 250;
    private const int Shown = 3;

    // One statement is one consistent snapshot. Each part walks the index orders_status from its end: the look costs the same however many orders there are.
    private static readonly string Sql = $"""
        SELECT o.order_id, o.status, o.quantity, CAST(COALESCE(SUM(e.quantity), 0) AS SIGNED) AS executed, COALESCE(MIN(e.quantity), 1) AS least
        FROM ({string.Join(" UNION ALL ", ((string[])["PENDING", "PARTIAL", "FILLED", "CANCELLED"]).Select(Newest))}) AS o
        LEFT JOIN {OrdersSchema.Database}.{OrdersSchema.OrderExecutions.Name} AS e ON e.order_id = o.order_id
        GROUP BY o.order_id, o.status, o.quantity
        """;

    private static string Newest(string status) =>
        $"(SELECT order_id, status, quantity FROM {OrdersSchema.Database}.{OrdersSchema.Orders.Name} WHERE status = '{status}' ORDER BY order_id DESC LIMIT {Sample})";

    protected override async Task<Verdict> JudgeAsync(MySqlConnection connection, Promise promise, CancellationToken cancellationToken)
    {
        try
        {
            IEnumerable<(long Id, string Status, long Quantity, long Executed, long Least)> rows =
                await connection.QueryAsync<(long, string, long, long, long)>(new CommandDefinition(Sql, cancellationToken: cancellationToken));
            return Judge(promise, [.. rows]);
        }
        catch (MySqlException e) when (e.ErrorCode is MySqlErrorCode.NoSuchTable or MySqlErrorCode.UnknownDatabase or MySqlErrorCode.BadFieldError)
        {
            throw new CannotLookException("The tables are not there as they should be.", "See mysql.schema.orders and mysql.schema.order_executions.", e);
        }
    }

    private static Verdict Judge(Promise promise, (long Id, string Status, long Quantity, long Executed, long Least)[] orders)
    {
        string[] broken =
        [
            .. orders.Where(o => o.Least <= 0 || !Fits(o.Status, o.Quantity, o.Executed))
                .Select(o => $"order {o.Id} is {o.Status} with {o.Executed} of {o.Quantity} executed"),
        ];
        if (broken.Length == 0)
            return promise.Ok(orders.Length == 0 ? "no orders yet" : $"{orders.Length} of the latest orders looked at");
        string shown = string.Join(", ", broken.Take(Shown)) + (broken.Length > Shown ? ", ..." : "");
        const string Fix = "Find who wrote to the tables beside the simulator; the ledger in the data directory says what it committed itself.";
        return promise.Failed($"{broken.Length} of {orders.Length} orders do not fit: {shown}", Fix);
    }

    private static bool Fits(string status, long quantity, long executed) => status switch
    {
        "PENDING" => executed == 0,
        "PARTIAL" => executed > 0 && executed < quantity,
        "FILLED" => executed == quantity,
        _ => executed <= quantity,
    };
}
