namespace CdcLab.Verifier.Checks;

/// <summary>The two tables that the market's foreign key lies between.</summary>
internal sealed record MarketKey(string Schema, string Table, string ReferencedSchema, string ReferencedTable)
{
    private string Child => $"{TableDifferences.Name(Schema)}.{TableDifferences.Name(Table)}";

    private string Parent => $"{TableDifferences.Name(ReferencedSchema)}.{TableDifferences.Name(ReferencedTable)}";

    public static string Present(TableSpec spec) => $"{OrdersSchema.Database}.{spec.Name}";

    /// <summary>The table that was the market's.</summary>
    public string Old(TableSpec spec) => spec.ForeignKey is null ? Parent : Child;

    /// <summary>What puts the old tables back: a child of orders goes with them where it was swapped too.</summary>
    public IEnumerable<string> SwapBack(TableSpec spec) => spec.ForeignKey is null && Old(OrdersSchema.OrderExecutions) != Present(OrdersSchema.OrderExecutions)
        ? [SwapOneBack(spec), SwapOneBack(OrdersSchema.OrderExecutions)]
        : [SwapOneBack(spec)];

    /// <summary>In one session, while nobody else writes. Copies count from 1 again: an order that has an old id takes its place, and the old one's executions go; an
    /// execution gets a new id.</summary>
    private string SwapOneBack(TableSpec spec)
    {
        string present = Present(spec), old = Old(spec), id = spec.PrimaryKey, between = $"{present}_between";
        IEnumerable<string> others = spec.Columns.Select(c => c.Name).Where(c => c != id);
        string merge = spec.ForeignKey is null
            ? $"LOCK TABLES {present} WRITE, {old} WRITE, {Child} WRITE; INSERT INTO {old} SELECT * FROM {present} ON DUPLICATE KEY UPDATE {string.Join(", ", others.Select(c => $"{c} = {present}.{c}"))}; "
                + $"DELETE {Child} FROM {Child} JOIN {present} USING (order_id) WHERE executed_at < created_at"
            : $"LOCK TABLES {present} WRITE, {old} WRITE; SET @last = (SELECT MAX({id}) FROM {old}); "
                + $"INSERT INTO {old} SELECT IF({id} <= @last, NULL, {id}), {string.Join(", ", others)} FROM {present} ORDER BY {id} DESC";
        return $"{merge}; RENAME TABLE {present} TO {between}, {old} TO {present}; UNLOCK TABLES; DROP TABLE {between}";
    }
}
