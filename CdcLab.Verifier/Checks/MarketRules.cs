namespace CdcLab.Verifier.Checks;

/// <summary>What every order of the market keeps, whatever the ledger says.</summary>
internal static class MarketRules
{
    // A row's time is the simulator's, on the same machine.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);
    private static readonly Dictionary<string, Instrument> Instruments = Listing.All.ToDictionary(i => i.Symbol, StringComparer.Ordinal);

    /// <summary>How its executions do not fit its status and quantity; null where they do (specification, "Invariants that hold at every commit").</summary>
    public static string? Invariant(OrderRow row)
    {
        long executed = row.Executed;
        bool fits = row.Executions.TrueForAll(e => e.Quantity > 0) && row.Status switch
        {
            "PENDING" => executed == 0,
            "PARTIAL" => executed > 0 && executed < row.Quantity,
            "FILLED" => executed == row.Quantity,
            _ => executed <= row.Quantity,
        };
        return fits ? null : $"is {row.Status} with {executed} of {row.Quantity} executed";
    }

    /// <summary>What in its columns, and in those of its executions, cannot be; null for nothing.</summary>
    /// <param name="judgeTimes">Not where the ledger has the same times: the machine's clock was set.</param>
    public static string? Value(OrderRow row, DateTime now, bool judgeTimes)
    {
        Instrument? instrument = Instruments.GetValueOrDefault(row.Symbol);
        return OfOrder() ?? row.Executions.Select(OfExecution).FirstOrDefault(fault => fault is not null);

        string? OfOrder() => row switch
        {
            { Id: < 1 } => "has an id below 1",
            { UserId: < 1 or > OrderRanges.Users } => $"is of user {row.UserId}",
            _ when instrument is null => $"is of the share '{row.Symbol}', which is not listed",
            { OrderType: not ("BUY" or "SELL") } => $"has the order_type '{row.OrderType}'",
            { Status: not ("PENDING" or "PARTIAL" or "FILLED" or "CANCELLED") } => $"has the status '{row.Status}'",
            { Quantity: < 1 or > OrderRanges.MostShares } => $"has a quantity of {row.Quantity}",
            _ => Price(row.Price) ?? Time("created_at", row.CreatedAt, OrderRanges.Earliest) ?? Time("updated_at", row.UpdatedAt, row.CreatedAt),
        };

        string? OfExecution(ExecutionRow e) =>
            (e.Quantity > row.Quantity ? $"execution {e.Id} has a quantity of {e.Quantity} of {row.Quantity}" : null)
            ?? (Price(e.Price) is { } price ? $"execution {e.Id} {price}" : null)
            ?? ((row.OrderType == "BUY" ? e.Price > row.Price : e.Price < row.Price)
                ? $"execution {e.Id} is at {Number(e.Price)}, worse than the limit {Number(row.Price)}" : null)
            ?? (Time("executed_at", e.At, row.CreatedAt) is { } time ? $"execution {e.Id} {time}" : null);

        string? Price(decimal price) =>
            price < 1 || price % 1 != 0 || price > int.MaxValue || !TickSize.IsLegal((int)price)
                ? $"has a price of {Number(price)}, which is on no tick of the exchange"
            : price < instrument!.LowerLimit || price > instrument.UpperLimit
                ? $"has a price of {Number(price)}, beyond the day's limits {instrument.LowerLimit} to {instrument.UpperLimit}"
            : null;

        string? Time(string column, DateTime time, DateTime earliest) => !judgeTimes ? null
            : time > now + ClockTolerance ? $"has {column} {Comparison.Text(time)}, in the future"
            : time < earliest ? $"has {column} {Comparison.Text(time)}, before {Comparison.Text(earliest)}"
            : null;
    }

    private static string Number(decimal price) => price.ToString("0.##", CultureInfo.InvariantCulture);
}
