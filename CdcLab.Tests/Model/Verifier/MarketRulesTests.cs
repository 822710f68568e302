using CdcLab.Verifier.Checks;

namespace CdcLab.Tests.Model.Verifier;

[Trait("tier", "model")]
public sealed class MarketRulesTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
    private static readonly OrderRow Good = new(7, 50_000, "005930", "BUY", 10, 54_000, "FILLED", Now.AddSeconds(-5), Now);

    [Theory]
    [InlineData("PENDING", 10, 0, true)]
    [InlineData("PENDING", 10, 1, false)]
    [InlineData("PARTIAL", 10, 0, false)]
    [InlineData("PARTIAL", 10, 9, true)]
    [InlineData("PARTIAL", 10, 10, false)]
    [InlineData("FILLED", 10, 9, false)]
    [InlineData("FILLED", 10, 10, true)]
    [InlineData("FILLED", 10, 11, false)]
    [InlineData("CANCELLED", 10, 10, true)]
    [InlineData("CANCELLED", 10, 11, false)]
    public void Executions_fit_the_status(string status, int quantity, int executed, bool fits)
    {
        OrderRow row = Row(Good with { Status = status, Quantity = quantity }, executed == 0 ? [] : [new(1, 7, executed, 54_000, Now)]);

        Assert.Equal(fits, MarketRules.Invariant(row) is null);
    }

    [Fact]
    public void Execution_of_nothing_or_less_fits_no_order() =>
        Assert.NotNull(MarketRules.Invariant(Row(Good, [new(1, 7, 11, 54_000, Now), new(2, 7, -1, 54_000, Now)])));

    public static TheoryData<string, string> Wrong => new()
    {
        { "id", "has an id below 1" },
        { "user", "is of user 50001" },
        { "symbol", "is of the share '999999', which is not listed" },
        { "type", "has the order_type ''" },
        { "status", "has the status ''" },
        { "quantity", "has a quantity of 0" },
        { "tick", "has a price of 54050, which is on no tick of the exchange" },
        { "part", "has a price of 54000.5, which is on no tick of the exchange" },
        { "limit", "has a price of 81000, beyond the day's limits" },
        { "future", "has created_at 2026-01-02 03:04:08.000, in the future" },
        { "past", "has created_at 0001-01-01 00:00:00.000, before 2024-10-01 00:00:00.000" },
        { "updated", "has updated_at 2026-01-02 03:03:05.000, before 2026-01-02 03:04:00.000" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Value_that_cannot_be_is_told(string what, string told)
    {
        OrderRow row = what switch
        {
            "id" => Good with { Id = 0 },
            "user" => Good with { UserId = 50_001 },
            "symbol" => Good with { Symbol = "999999" },
            "type" => Good with { OrderType = "" },
            "status" => Good with { Status = "" },
            "quantity" => Good with { Quantity = 0 },
            "tick" => Good with { Price = 54_050 },
            "part" => Good with { Price = 54_000.5m },
            "limit" => Good with { Price = 81_000 },
            "future" => Good with { CreatedAt = Now.AddSeconds(3) },
            "past" => Good with { CreatedAt = default },
            _ => Good with { UpdatedAt = Now.AddSeconds(-60) },
        };

        Assert.StartsWith(told, MarketRules.Value(row, Now, judgeTimes: true), StringComparison.Ordinal);
        Assert.Null(MarketRules.Value(Good, Now, judgeTimes: true));
    }

    [Theory]
    [InlineData("BUY", 54_100, false)]
    [InlineData("BUY", 53_900, true)]
    [InlineData("SELL", 54_100, true)]
    [InlineData("SELL", 53_900, false)]
    [InlineData("BUY", 53_950, false)]
    public void Execution_is_on_a_tick_and_never_worse_than_the_limit(string type, int price, bool canBe) =>
        Assert.Equal(canBe, MarketRules.Value(Row(Good with { OrderType = type }, [new(1, 7, 10, price, Now)]), Now, judgeTimes: true) is null);

    [Fact]
    public void Times_that_the_ledger_has_too_are_not_judged() =>
        Assert.Null(MarketRules.Value(Good with { CreatedAt = Now.AddHours(1) }, Now, judgeTimes: false));

    private static OrderRow Row(OrderRow like, IReadOnlyList<ExecutionRow> executions)
    {
        OrderRow row = FakeMarket.Copy(like);
        row.Executions.Clear();
        row.Executions.AddRange(executions);
        return row;
    }
}
