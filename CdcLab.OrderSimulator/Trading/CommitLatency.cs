using CdcLab.Model.Reports;
using HdrHistogram;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>How long COMMIT took lately: two windows of half a minute, the one that fills and the one before.</summary>
/// <param name="time">The clock.</param>
internal sealed class CommitLatency(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private LongHistogram _now = Make();
    private LongHistogram _before = Make();
    private long _began = time.GetTimestamp();
    private bool _hasBefore;

    /// <summary>Adds one duration.</summary>
    public void Record(TimeSpan duration)
    {
        long microseconds = Math.Clamp((long)duration.TotalMicroseconds, 1, 60_000_000);
        lock (_lock)
        {
            Turn();
            _now.RecordValue(microseconds);
        }
    }

    /// <summary>The figures over both windows.</summary>
    public LatencyFigures Read()
    {
        LongHistogram both = Make();
        TimeSpan window;
        lock (_lock)
        {
            Turn();
            both.Add(_now);
            both.Add(_before);
            window = time.GetElapsedTime(_began) + (_hasBefore ? Window : TimeSpan.Zero);
        }

        double? At(double percentile) => both.TotalCount == 0 ? null : both.GetValueAtPercentile(percentile) / 1000.0;
        return new("mysql-commit", TimeSpan.FromSeconds(Math.Round(window.TotalSeconds)), both.TotalCount, At(50), At(95), At(99), At(100));
    }

    private void Turn()
    {
        TimeSpan age = time.GetElapsedTime(_began);
        if (age < Window)
            return;
        (_now, _before) = (_before, _now);
        _now.Reset();
        if (age >= 2 * Window)
            _before.Reset();
        _began = time.GetTimestamp();
        _hasBefore = true;
    }

    // 1 microsecond to a minute, two digits.
    private static LongHistogram Make() => new(1, 60_000_000, 2);
}
