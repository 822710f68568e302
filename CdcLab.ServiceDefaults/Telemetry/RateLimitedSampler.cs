using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry.Trace;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>Samples at most a fixed number of new traces of each name per second: a market at full speed begins thousands. A client span without a parent (a
/// connection's health check) is never sampled.</summary>
/// <param name="perSecond">New traces per second, for each name of a root span.</param>
/// <param name="time">The clock.</param>
internal sealed class RateLimitedSampler(double perSecond, TimeProvider time) : Sampler
{
    // Names are few. Those beyond share one allowance, so that memory stays bounded.
    private const int MaxNames = 64;

    private readonly ConcurrentDictionary<string, Allowance> _byName = new(StringComparer.Ordinal);
    private readonly Allowance _shared = new(perSecond, time);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Client || !Of(samplingParameters.Name).Take() ? new(SamplingDecision.Drop) : new(SamplingDecision.RecordAndSample);

    private Allowance Of(string name) =>
        _byName.TryGetValue(name, out Allowance? known) ? known
        : _byName.Count >= MaxNames ? _shared
        : _byName.GetOrAdd(name, static (_, made) => new(made.perSecond, made.time), (perSecond, time));

    private sealed class Allowance(double perSecond, TimeProvider time)
    {
        private readonly Lock _lock = new();
        private readonly double _max = Math.Max(perSecond, 1);
        private double _available = Math.Max(perSecond, 1);
        private long _updated = time.GetTimestamp();

        public bool Take()
        {
            lock (_lock)
            {
                long now = time.GetTimestamp();
                _available = Math.Min(_max, _available + (time.GetElapsedTime(_updated, now).TotalSeconds * perSecond));
                _updated = now;
                if (_available < 1)
                    return false;
                _available--;
                return true;
            }
        }
    }
}
