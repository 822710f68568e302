using CdcLab.Model.Live;
using CdcLab.Runtime.View;

namespace CdcLab.Runtime.Commands;

/// <summary>What a command gets when it is chosen.</summary>
public sealed record CommandCall
{
    /// <summary>The name of the resource that it was chosen on.</summary>
    public required string Resource { get; init; }

    /// <summary>The lab as it is now.</summary>
    public required LabSnapshot Lab { get; init; }

    /// <summary>What can be done to its servers and services.</summary>
    public required ILabControl Control { get; init; }

    /// <summary>The token of its services' APIs; null while there is none.</summary>
    public required string? Token { get; init; }

    /// <summary>The state of the resource; null for the cluster as a whole.</summary>
    public ResourceState? State => Lab.Model.Resources.FirstOrDefault(r => r.Name == Resource) is { } resource ? Lab.StateOf(resource) : null;
}
