namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Passes reports about one part on, ten a second at most; the first and the last of a step always get through.</summary>
internal sealed class ThrottledProgress(string part, IProgress<FetchProgress> target, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private string? _lastStep;
    private long _lastReport;

    /// <summary>Reports that a step is where the numbers say.</summary>
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

        target.Report(new FetchProgress(part, step, doneBytes, totalBytes));
    }
}
