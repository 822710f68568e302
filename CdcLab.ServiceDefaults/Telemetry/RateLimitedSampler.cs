using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry.Trace;

namespace CdcLab.ServiceDefaults.Telemetry;

/// <summary>Samples so many new traces of each kind a second, however many begin: a market at full speed begins thousands, a person looks at a few, and whoever
/// keeps them must not grow. What belongs to no work of ours (a connection asked for a sign of life) is never sampled.</summary>
/// <param name="perSecond">New traces a second, for each name that a trace begins with.</param>
/// <param name="time">The clock.</param>
internal sealed class RateLimitedSampler(double perSecond, TimeProvider time) : Sampler
{
    // Names are few; should they ever not be, those beyond share one allowance, and memory stays bounded.
    private const int MostNames = 64;

    private readonly ConcurrentDictionary<string, Allowance> _byName = new(StringComparer.Ordinal);
    private readonly Allowance _rest = new(perSecond, time);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Client || !Of(samplingParameters.Name).Take() ? new(SamplingDecision.Drop) : new(SamplingDecision.RecordAndSample);

    private Allowance Of(string name) =>
        _byName.TryGetValue(name, out Allowance? known) ? known
        : _byName.Count >= MostNames ? _rest
        : _byName.GetOrAdd(name, static (_, made) => new(made.perSecond, made.time), (perSecond, time));

    private sealed class Allowance(double perSecond, TimeProvider time)
    {
        private readonly Lock _lock = new();
        private readonly double _most = Math.Max(perSecond, 1);
        private double _left = Math.Max(perSecond, 1);
        private long _filled = time.GetTimestamp();

        public bool Take()
        {
            lock (_lock)
            {
                long now = time.GetTimestamp();
                _left = Math.Min(_most, _left + (time.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
                _filled = now;
                if (_left < 1)
                    return false;
                _left--;
                return true;
            }
        }
    }
}
