namespace CdcLab.Model.Options;

/// <summary>The section <c>Lab:Npm</c>.</summary>
public sealed record NpmOptions
{
    /// <summary>The npm registry's address; null for npm's own configuration.</summary>
    public Uri? Registry { get; init; }
}
