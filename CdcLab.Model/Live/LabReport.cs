namespace CdcLab.Model.Live;

/// <summary>The state of a lab and the verdicts on it: the one shape of <c>status --json</c>, <c>verify --json</c> and the verifier's API.</summary>
public sealed record LabReport
{
    /// <summary>The version of this shape; it changes when a field is renamed, removed or changes its meaning.</summary>
    public int Version { get; init; } = 1;

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What runs, e.g. <c>embedded, MySQL 9.7.4, Kafka 3.5.2</c>.</summary>
    public string? Lab { get; init; }

    /// <summary>The servers and services; empty where the source does not know them.</summary>
    public IReadOnlyList<ResourceState> Resources { get; init; } = [];

    /// <summary>The verdicts.</summary>
    public IReadOnlyList<Verdict> Checks { get; init; } = [];

    /// <summary>What cannot be shown here.</summary>
    public IReadOnlyList<NotPossible> NotPossibleHere { get; init; } = [];

    /// <summary>Latencies; longer windows are figures, never verdicts.</summary>
    public IReadOnlyList<LatencyFigures> Latencies { get; init; } = [];
}
