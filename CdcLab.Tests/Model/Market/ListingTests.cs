using CdcLab.Model.Market;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class ListingTests
{
    [Fact]
    public void Listing_has_more_than_twenty_different_shares_with_codes_of_the_exchange()
    {
        Assert.True(Listing.All.Count > 20);
        Assert.Equal(Listing.All.Count, Listing.All.Select(i => i.Symbol).Distinct().Count());
        Assert.Equal(Listing.All.Count, Listing.All.Select(i => i.Name).Distinct().Count());
        Assert.All(Listing.All, i => Assert.True(i.Symbol.Length == 6 && i.Symbol.All(char.IsAsciiDigit), i.Symbol));
    }

    [Fact]
    public void Reference_prices_and_limits_lie_on_ticks_and_limits_within_thirty_percent() => Assert.All(Listing.All, i =>
    {
        Assert.True(TickSize.IsLegal(i.ReferencePrice), $"{i.Name}: {i.ReferencePrice}");
        Assert.True(TickSize.IsLegal(i.UpperLimit) && TickSize.IsLegal(i.LowerLimit), i.Name);
        Assert.InRange(i.UpperLimit, i.ReferencePrice, i.ReferencePrice * 1.3m);
        Assert.InRange(i.LowerLimit, i.ReferencePrice * 0.7m, i.ReferencePrice);
    });
}
