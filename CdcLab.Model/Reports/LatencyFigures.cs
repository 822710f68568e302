namespace CdcLab.Model.Reports;

/// <summary>The distribution of one latency over one window.</summary>
/// <param name="Name">What was measured: <c>produce-to-ack</c>, <c>produce-to-consume</c>, <c>mysql-commit</c>.</param>
/// <param name="Window">The window's length.</param>
/// <param name="Count">Number of samples, N.</param>
/// <param name="P50Milliseconds">Median; null without samples.</param>
/// <param name="P95Milliseconds">95th percentile.</param>
/// <param name="P99Milliseconds">99th percentile.</param>
/// <param name="MaxMilliseconds">The longest.</param>
public sealed record LatencyFigures(string Name, TimeSpan Window, long Count, double? P50Milliseconds, double? P95Milliseconds, double? P99Milliseconds, double? MaxMilliseconds);
