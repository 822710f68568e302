namespace CdcLab.AppHost.Programs;

/// <summary>How far the fetching of one part is.</summary>
/// <param name="Part">The part: <c>mysql</c>, <c>java</c> or <c>kafka</c>.</param>
/// <param name="DoneBytes">Bytes dealt with in this step so far.</param>
/// <param name="TotalBytes">Bytes that this step will deal with; null while that is not known.</param>
internal sealed record FetchProgress(string Part, long DoneBytes, long? TotalBytes)
{
    /// <summary>What is being done: "downloading", "unpacking", "waiting for another start".</summary>
    public string Step { get; init; } = "downloading";

    /// <summary>0 to 100; null while the size is not known.</summary>
    public int? Percent => TotalBytes is > 0 and var total ? (int)Math.Clamp(DoneBytes * 100 / total, 0, 100) : null;
}

/// <summary>Passes reports about one part on, ten a second at most; the first and the last of a step always get through.</summary>
internal sealed class ThrottledProgress(string part, IProgress<FetchProgress> target, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private string? _lastStep;
    private long _lastReport;

    public void Report(string step, long doneBytes = 0, long? totalBytes = null)
    {
        lock (_gate)
        {
            var isNews = !string.Equals(step, _lastStep, StringComparison.Ordinal) || doneBytes == totalBytes;
            if (!isNews && time.GetElapsedTime(_lastReport) < Interval)
                return;
            _lastStep = step;
            _lastReport = time.GetTimestamp();
        }

        target.Report(new FetchProgress(part, doneBytes, totalBytes is > 0 ? totalBytes : null) { Step = step });
    }
}
