using System.Diagnostics;
using OpenTelemetry.Trace;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>Samples at most one new trace of each name per interval: a market at full speed begins thousands per second. A client span without a parent (a
/// connection's health check) is never sampled.</summary>
internal sealed class RateLimitedSampler(TimeSpan interval, TimeProvider time) : Sampler
{
    // Names are few. Those beyond share one entry, so that memory stays bounded.
    private const int MaxNames = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _lastSampled = new(StringComparer.Ordinal);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind != ActivityKind.Client && IsDue(samplingParameters.Name) ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);

    private bool IsDue(string name)
    {
        lock (_lock)
        {
            if (_lastSampled.Count >= MaxNames && !_lastSampled.ContainsKey(name))
                name = "";
            long now = time.GetTimestamp();
            if (_lastSampled.TryGetValue(name, out long last) && time.GetElapsedTime(last, now) < interval)
                return false;
            _lastSampled[name] = now;
            return true;
        }
    }
}
