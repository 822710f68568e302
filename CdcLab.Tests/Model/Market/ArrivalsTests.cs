using CdcLab.OrderSimulator.Market;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class ArrivalsTests
{
    private const long Second = 1_000_000_000;

    // Mean and spread of exponential gaps are both 1/rate; with 20,000 gaps a deviation of 5 % is more than five standard errors.
    [Property(MaxTest = 50)]
    public void Gaps_have_the_mean_and_the_spread_of_a_poisson_process(int seed)
    {
        Arrivals arrivals = new(seed, Second);
        arrivals.SetRate(new OrderRate(200), 0);
        List<double> gaps = [];
        long before = arrivals.Next!.Value;
        for (int i = 0; i < 20_000; i++)
        {
            arrivals.Advance(before);
            gaps.Add((arrivals.Next!.Value - before) / (double)Second);
            before = arrivals.Next.Value;
        }

        double mean = gaps.Average();
        double spread = Math.Sqrt(gaps.Average(g => (g - mean) * (g - mean)));
        Assert.InRange(mean, 0.95 / 200, 1.05 / 200);
        Assert.InRange(spread, 0.93 / 200, 1.07 / 200);
    }

    [Fact]
    public void Late_order_does_not_delay_the_next()
    {
        Arrivals late = new(1, Second);
        Arrivals onTime = new(1, Second);
        late.SetRate(new OrderRate(10), 0);
        onTime.SetRate(new OrderRate(10), 0);
        late.Advance(late.Next!.Value + (Second / 2));
        onTime.Advance(onTime.Next!.Value);
        Assert.Equal(onTime.Next, late.Next);
    }

    [Fact]
    public void After_a_long_stall_at_most_a_second_is_made_up_for()
    {
        Arrivals arrivals = new(1, Second);
        arrivals.SetRate(new OrderRate(100), 0);
        long now = 3600 * Second;
        int burst = 0;
        while (arrivals.Next <= now)
        {
            arrivals.Advance(now);
            burst++;
        }

        Assert.InRange(burst, 50, 160);
    }

    [Fact]
    public void Paused_has_no_arrival_and_max_has_one_at_any_time()
    {
        Arrivals arrivals = new(1, Second);
        arrivals.SetRate(OrderRate.Paused, 5);
        Assert.Null(arrivals.Next);
        arrivals.SetRate(OrderRate.Max, 5);
        Assert.True(arrivals.Next <= 5);
    }
}
