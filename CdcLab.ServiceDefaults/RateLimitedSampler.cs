using OpenTelemetry.Trace;

namespace CdcLab.ServiceDefaults;

/// <summary>Samples so many new traces a second, however many begin: a market at full speed begins thousands, a person looks at a few.</summary>
/// <param name="perSecond">New traces a second.</param>
/// <param name="time">The clock.</param>
internal sealed class RateLimitedSampler(double perSecond, TimeProvider time) : Sampler
{
    private readonly Lock _lock = new();
    private readonly double _most = perSecond;
    private double _left = perSecond;
    private long _filled = time.GetTimestamp();

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp();
            _left = Math.Min(_most, _left + (time.GetElapsedTime(_filled, now).TotalSeconds * _most));
            _filled = now;
            if (_left < 1)
                return new(SamplingDecision.Drop);
            _left--;
            return new(SamplingDecision.RecordAndSample);
        }
    }
}
