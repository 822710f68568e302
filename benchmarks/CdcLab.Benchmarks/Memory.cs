namespace CdcLab.Benchmarks;

/// <summary>The lab as a person has it, the market trading, for memory; then with the market paused, for processor time.</summary>
internal static class Memory
{
    // What a start leaves behind (tiered compilation, garbage) is not what is asked for.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, CancellationToken cancellationToken)
    {
        await using LabProcess lab = await place.StartLabAsync("memory", [], cancellationToken);
        await Task.Delay(Settling, cancellationToken);
        IReadOnlyList<Result> results =
            [.. await HostMemory.MeasureAsync(place, lab, cancellationToken), .. await ServiceLoad.MeasureAsync(place, lab, cancellationToken)];
        await lab.StopAsync("TERM", cancellationToken);
        return results;
    }

    public static Result Row(string number, Samples sum, double target) =>
        new(number, $"{sum.Median:0} MiB", $"{sum.Spread("0", " MiB")}, {sum.Count} readings", $"under {target} MiB PSS", sum.Most < target);

    public static double MiB(long bytes) => bytes / 1024.0 / 1024.0;

    /// <summary>Reads again and again for a minute.</summary>
    public static async Task SampleAsync(Action read, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < Window)
        {
            read();
            await Task.Delay(Interval, cancellationToken);
        }
    }
}
