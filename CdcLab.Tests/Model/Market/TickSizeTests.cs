using CdcLab.Model.Market;
using FsCheck.Fluent;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class TickSizeTests
{
    // Korea Exchange's table since 25 January 2023: the first and the last price of each band.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1_999, 1)]
    [InlineData(2_000, 5)]
    [InlineData(4_995, 5)]
    [InlineData(5_000, 10)]
    [InlineData(19_990, 10)]
    [InlineData(20_000, 50)]
    [InlineData(49_950, 50)]
    [InlineData(50_000, 100)]
    [InlineData(199_900, 100)]
    [InlineData(200_000, 500)]
    [InlineData(499_500, 500)]
    [InlineData(500_000, 1_000)]
    [InlineData(1_234_000, 1_000)]
    public void Tick_follows_the_exchanges_table(int price, int tick) => Assert.Equal(tick, TickSize.At(price));

    [Property]
    public bool Moving_there_and_back_ends_where_it_began_and_stays_on_the_grid(int start, int ticks)
    {
        int price = TickSize.RoundUp(2_000 + (int)((uint)start % 1_500_000));
        int steps = Math.Abs(ticks % 50);
        int up = TickSize.Move(price, steps);
        return TickSize.IsLegal(up) && up >= price && TickSize.Move(up, -steps) == price;
    }

    [Property]
    public FsCheck.Property Rounding_finds_the_nearest_legal_price_on_its_side(int any)
    {
        int price = 1 + (int)((uint)any % 2_000_000);
        int down = TickSize.RoundDown(price);
        int up = TickSize.RoundUp(price);
        return (down <= price && up >= price && TickSize.IsLegal(up) && (down == 0 || TickSize.IsLegal(down)) && (down == up || TickSize.Move(down == 0 ? up : down, down == 0 ? 0 : 1) == up))
            .Label($"{down} <= {price} <= {up}");
    }
}
