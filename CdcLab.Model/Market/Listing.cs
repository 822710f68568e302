namespace CdcLab.Model.Market;

/// <summary>A share: its KRX code, its name, and the price in won from which the daily limits are computed.</summary>
public sealed record Instrument(string Symbol, string Name, int ReferencePrice)
{
    /// <summary>The highest price of the day: 30 % above the reference price, on a tick (KRX's daily price limit since 15 June 2015).</summary>
    public int UpperLimit { get; } = TickSize.RoundDown(ReferencePrice + (ReferencePrice * 3 / 10));

    /// <summary>The lowest price of the day: 30 % below the reference price, on a tick.</summary>
    public int LowerLimit { get; } = TickSize.RoundUp(ReferencePrice - (ReferencePrice * 3 / 10));

    /// <summary>The nearest price within the day's limits.</summary>
    public int Limit(int price) => Math.Clamp(price, LowerLimit, UpperLimit);
}

/// <summary>The shares of this market, the most traded first. Codes and names are KRX's; the constant reference prices are close to those of late 2024, on legal
/// ticks.</summary>
public static class Listing
{
    public static IReadOnlyList<Instrument> All { get; } =
    [
        new("005930", "Samsung Electronics", 54_000), new("000660", "SK hynix", 172_000),
        new("005380", "Hyundai Motor", 212_000), new("000270", "Kia", 98_000),
        new("035420", "NAVER", 199_800), new("035720", "Kakao", 38_450),
        new("247540", "Ecopro BM", 115_000), new("373220", "LG Energy Solution", 368_000),
        new("068270", "Celltrion", 184_500), new("207940", "Samsung Biologics", 949_000),
        new("005490", "POSCO Holdings", 262_500), new("105560", "KB Financial Group", 85_900),
        new("055550", "Shinhan Financial Group", 49_850), new("086790", "Hana Financial Group", 58_300),
        new("316140", "Woori Financial Group", 15_690), new("042700", "Hanmi Semiconductor", 82_500),
        new("034020", "Doosan Enerbility", 17_930), new("051910", "LG Chem", 252_000),
        new("006400", "Samsung SDI", 247_500), new("012330", "Hyundai Mobis", 238_000),
        new("028260", "Samsung C&T", 115_700), new("066570", "LG Electronics", 84_300),
        new("015760", "Korea Electric Power", 20_650), new("096770", "SK Innovation", 113_200),
        new("017670", "SK Telecom", 55_700), new("030200", "KT", 43_950),
        new("033780", "KT&G", 107_300), new("003490", "Korean Air", 22_800),
        new("010130", "Korea Zinc", 1_006_000), new("009830", "Hanwha Solutions", 16_310),
        new("088350", "Hanwha Life Insurance", 2_505), new("003550", "LG", 72_300),
    ];
}

/// <summary>What an order of this market can be.</summary>
public static class OrderRanges
{
    /// <summary>User ids are 1 to this.</summary>
    public const int Users = 50_000;

    /// <summary>The most shares of one order.</summary>
    public const int MostShares = 100_000;

    /// <summary>No row can be older than the market: its prices are those of late 2024.</summary>
    public static DateTime Earliest { get; } = new(2024, 10, 1, 0, 0, 0, DateTimeKind.Utc);
}
