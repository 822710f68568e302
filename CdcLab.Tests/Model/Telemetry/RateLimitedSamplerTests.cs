using CdcLab.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;

namespace CdcLab.Tests.Model.Telemetry;

[Trait("tier", "model")]
public sealed class RateLimitedSamplerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Of_thousands_that_begin_so_many_a_second_are_sampled()
    {
        RateLimitedSampler sampler = new(Second, _time);
        int sampled = 0;
        for (int i = 0; i < 10_000; i++)
        {
            sampled += Samples(sampler, "order") ? 1 : 0;
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(sampled, 10, 11);
    }

    [Fact]
    public void One_kind_of_trace_takes_nothing_from_another()
    {
        RateLimitedSampler sampler = new(Second, _time);
        Assert.True(Samples(sampler, "order"));
        Assert.False(Samples(sampler, "order"));
        Assert.True(Samples(sampler, "POST"));
    }

    [Fact]
    public void Call_that_belongs_to_no_trace_begins_none() => Assert.False(Samples(new(Second, _time), "Execute", ActivityKind.Client));

    [Fact]
    public void Names_without_number_share_what_is_left()
    {
        RateLimitedSampler sampler = new(Second, _time);
        Assert.InRange(Enumerable.Range(0, 1000).Count(i => Samples(sampler, $"name {i}")), 60, 70);
    }

    private static bool Samples(RateLimitedSampler sampler, string name, ActivityKind kind = ActivityKind.Internal) =>
        sampler.ShouldSample(new SamplingParameters(default, ActivityTraceId.CreateRandom(), name, kind)).Decision == SamplingDecision.RecordAndSample;
}
