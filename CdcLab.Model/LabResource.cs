using CdcLab.Model.Live;

namespace CdcLab.Model;

/// <summary>One server or service of the lab, as it must be.</summary>
public abstract record LabResource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required ResourceKind Kind { get; init; }

    /// <summary>Its container image; null for a service of ours.</summary>
    public string? Image { get; init; }

    /// <summary>Its memory cap in bytes; null for none.</summary>
    public long? MemoryCapBytes { get; init; }

    /// <summary>Its Java heap, or InnoDB's buffer pool, in bytes; null where it has none.</summary>
    public long? HeapBytes { get; init; }

    /// <summary>The ports it listens on.</summary>
    public IReadOnlyList<LabPort> Ports { get; init; } = [];

    /// <summary>The folder of its data below the lab's data directory, or the name of its volume; null where it keeps nothing.</summary>
    public string? DataFolder { get; init; }

    /// <summary>What must answer before it is started.</summary>
    public IReadOnlyList<string> WaitsFor { get; init; } = [];

    /// <summary>The resource that it is a part of; null for none.</summary>
    public string? Parent { get; init; }

    /// <summary>How long it may take from SIGTERM to its end before it is killed.</summary>
    public required TimeSpan StopGrace { get; init; }

    /// <summary>How long it may take from its start to its first answer.</summary>
    public required TimeSpan StartLimit { get; init; }

    /// <summary>What counts as an answer.</summary>
    public required HealthProbe Health { get; init; }

    /// <summary>Whether the embedded runtime has it.</summary>
    public bool InEmbedded { get; init; } = true;
}
