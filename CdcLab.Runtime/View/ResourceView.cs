using CdcLab.Model.Live;

namespace CdcLab.Runtime.View;

/// <summary>One resource as a dashboard shows it: what both hosts hand to theirs.</summary>
public sealed record ResourceView
{
    /// <summary>Its name, which no other resource has.</summary>
    public required string Name { get; init; }

    /// <summary>Its type: <c>Executable</c>, <c>Container</c>, <c>Project</c> have a look of their own.</summary>
    public required string Type { get; init; }

    /// <summary>Its state, a name of <see cref="ViewStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>How a state without a look of its own is shown; null for the state's own look.</summary>
    public string? StateStyle { get; init; }

    /// <summary>The resource that it is nested in; null for none.</summary>
    public string? Parent { get; init; }

    /// <summary>The name of its FluentUI icon.</summary>
    public required string Icon { get; init; }

    /// <summary>When it came into the picture.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>Whether it sends telemetry that names it.</summary>
    public bool SendsTelemetry { get; init; }

    /// <summary>Its variables, without secrets.</summary>
    public IReadOnlyList<LaunchVariable> Environment { get; init; } = [];

    /// <summary>What is known of it.</summary>
    public IReadOnlyList<PropertyView> Properties { get; init; } = [];

    /// <summary>Where it is reached.</summary>
    public IReadOnlyList<UrlView> Urls { get; init; } = [];

    /// <summary>The volumes of a container.</summary>
    public IReadOnlyList<VolumeView> Volumes { get; init; } = [];

    /// <summary>Its own probe, and the verdicts on it.</summary>
    public IReadOnlyList<HealthReportView> Health { get; init; } = [];

    /// <summary>What it has to do with other resources.</summary>
    public IReadOnlyList<RelationshipView> Relationships { get; init; } = [];

    /// <summary>What can be done with it.</summary>
    public IReadOnlyList<CommandView> Commands { get; init; } = [];
}
