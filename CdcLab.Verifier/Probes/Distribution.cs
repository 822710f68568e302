namespace CdcLab.Verifier.Probes;

/// <summary>Exact percentiles of a short window.</summary>
internal static class Distribution
{
    /// <summary>Sorts the samples and takes the nearest ranks: the p99 of 60 samples is the longest of them.</summary>
    public static LatencyFigures Of(string name, TimeSpan window, Span<long> ticks)
    {
        if (ticks.IsEmpty)
            return new(name, window, 0, null, null, null, null);
        ticks.Sort();
        return new(name, window, ticks.Length, At(ticks, 0.50), At(ticks, 0.95), At(ticks, 0.99), Milliseconds(ticks[^1]));
    }

    private static double At(ReadOnlySpan<long> sorted, double quantile) => Milliseconds(sorted[Math.Max((int)Math.Ceiling(quantile * sorted.Length) - 1, 0)]);

    private static double Milliseconds(long ticks) => Math.Round(ticks * 1000.0 / Stopwatch.Frequency, 3);
}
