using CdcLab.Model;
using CdcLab.Model.Live;

namespace CdcLab.Runtime.Live;

/// <summary>The lab that is shown: what there is of it before its first server has started.</summary>
public sealed record ServedLab
{
    /// <summary>What it is.</summary>
    public required LabModel Model { get; init; }

    /// <summary>What it does. It may have no servers yet.</summary>
    public required ILabControl Control { get; init; }

    /// <summary>What it can show; null until its programs were found.</summary>
    public required Func<LabAbilities?> Abilities { get; init; }

    /// <summary>The token of its services' APIs.</summary>
    public required string Token { get; init; }

    /// <summary>Takes a line for the person who started the lab.</summary>
    public required Action<string> Say { get; init; }
}
