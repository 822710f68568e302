using HdrHistogram;

namespace CdcLab.Verifier.Probes;

/// <summary>One latency over the last five minutes (and the part of the minute that has begun) and since the start. Minutes are merged as histograms: percentiles cannot be averaged.</summary>
internal sealed class LatencyHistory(long started)
{
    public static readonly TimeSpan RecentWindow = TimeSpan.FromMinutes(Minutes);

    private const int Minutes = 5;
    private const long LongestMicroseconds = 600_000_000;

    private readonly IntHistogram _all = New();
    private readonly IntHistogram[] _minutes = [.. Enumerable.Range(0, Minutes + 1).Select(_ => New())];
    private long _minute;

    public void Record(long ticks, long now)
    {
        TurnTo(now);
        long microseconds = Math.Clamp(ticks * 1_000_000 / Stopwatch.Frequency, 1, LongestMicroseconds);
        _all.RecordValue(microseconds);
        _minutes[_minute % _minutes.Length].RecordValue(microseconds);
    }

    public LatencyFigures Recent(string name, long now)
    {
        TurnTo(now);
        IntHistogram merged = New();
        foreach (IntHistogram minute in _minutes)
            merged.Add(minute);
        return Figures(name, RecentWindow, merged);
    }

    public LatencyFigures All(string name, long now) => Figures(name, TimeSpan.FromSeconds(Math.Floor(Stopwatch.GetElapsedTime(started, now).TotalSeconds)), _all);

    // Two digits: 1 % of a figure, and 40 KB a histogram.
    private static IntHistogram New() => new(1, LongestMicroseconds, 2);

    private static LatencyFigures Figures(string name, TimeSpan window, IntHistogram histogram) => histogram.TotalCount == 0
        ? new(name, window, 0, null, null, null, null)
        : new(name, window, histogram.TotalCount, At(histogram, 50), At(histogram, 95), At(histogram, 99), histogram.GetMaxValue() / 1000.0);

    private static double At(IntHistogram histogram, double percentile) => histogram.GetValueAtPercentile(percentile) / 1000.0;

    /// <summary>Empties the histograms of the minutes that have passed since the last call.</summary>
    private void TurnTo(long now)
    {
        long minute = (long)Stopwatch.GetElapsedTime(started, now).TotalMinutes;
        for (long passed = 0; _minute < minute; passed++)
        {
            _minute = passed < _minutes.Length ? _minute + 1 : minute;
            _minutes[_minute % _minutes.Length].Reset();
        }
    }
}
