namespace CdcLab.Model.Options;

/// <summary>The section <c>Lab:Verifier</c>.</summary>
public sealed record VerifierOptions
{
    /// <summary>Time from one round of checks to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time from one probe message to the next.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The highest p99 latency, of produce-to-ack and of produce-to-consume, that is still ok.</summary>
    public TimeSpan MaxLatency { get; init; } = TimeSpan.FromSeconds(2);
}
