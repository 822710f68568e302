namespace CdcLab.Model.Market;

/// <summary>The tick sizes of KRX shares in won: the table in force since 25 January 2023, one for KOSPI, KOSDAQ and KONEX.
/// Source: Korea Exchange's announcements of 1 November 2022 and 17 January 2023, as reported by Chosun Ilbo (v.daum.net/v/20221101161150796) and
/// E-Today (etoday.co.kr/news/view/2213548).</summary>
public static class TickSize
{
    public static int At(int price) => price switch
    {
        < 2_000 => 1,
        < 5_000 => 5,
        < 20_000 => 10,
        < 50_000 => 50,
        < 200_000 => 100,
        < 500_000 => 500,
        _ => 1_000,
    };

    public static bool IsLegal(int price) => price > 0 && price % At(price) == 0;

    public static int RoundDown(int price) => price - (price % At(price));

    /// <summary>The lowest legal price that is not below another. Every band starts on a tick of the band below it, so one step never jumps a band.</summary>
    public static int RoundUp(int price) => RoundDown(price) == price ? price : RoundDown(price) + At(price);

    /// <summary>The legal price some ticks up (negative: down) from a legal price. The tick size changes where a band ends.</summary>
    public static int Move(int price, int ticks)
    {
        for (; ticks > 0; ticks--)
            price += At(price);
        for (; ticks < 0 && price > 1; ticks++)
            price -= At(price - 1);
        return price;
    }
}
