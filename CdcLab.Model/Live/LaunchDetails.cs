namespace CdcLab.Model.Live;

/// <summary>How a server or service was launched last, for people to see. What leaves the host has its secrets marked and taken out.</summary>
public sealed record LaunchDetails
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Masked = "(secret)";

    /// <summary>The program of a process; null for a container.</summary>
    public string? Program { get; init; }

    /// <summary>The image of a container; null for a process.</summary>
    public string? Image { get; init; }

    /// <summary>Its arguments; the program or image is not among them.</summary>
    public IReadOnlyList<LaunchArgument> Arguments { get; init; } = [];

    /// <summary>The folder that it started in; null for a container.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The variables that the lab set for it.</summary>
    public IReadOnlyList<LaunchVariable> Environment { get; init; } = [];

    /// <summary>The folder of its data on this machine; null where it is a volume, or it has none.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The named volume of its data; null where it is a folder, or it has none.</summary>
    public string? Volume { get; init; }
}
