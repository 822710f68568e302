namespace CdcLab.Model.Containers;

/// <summary>A resource of the lab as a container: what the engine, or a compose file, must be told.</summary>
public sealed record ContainerSpec
{
    /// <summary>How large one log file of a container may get: they grow without bound otherwise.</summary>
    public const string LogMaxSize = "10m";

    /// <summary>How many log files a container keeps.</summary>
    public const string LogMaxFiles = "3";

    /// <summary>The resource; its name is the container's alias in the lab's network.</summary>
    public required LabResource Resource { get; init; }

    /// <summary>The image.</summary>
    public required string Image { get; init; }

    /// <summary>Arguments of the image's entrypoint.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables without secrets, in their order.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>Environment variables that hold a secret.</summary>
    public IReadOnlyList<KeyValuePair<string, ContainerSecret>> Secrets { get; init; } = [];

    /// <summary>Published ports.</summary>
    public required IReadOnlyList<ContainerPort> Ports { get; init; }

    /// <summary>Named volumes. The images' further VOLUMEs stay anonymous and go with the container.</summary>
    public IReadOnlyList<ContainerVolume> Volumes { get; init; } = [];

    /// <summary>Its memory cap in bytes; memory and swap together are capped at the same value.</summary>
    public required long MemoryBytes { get; init; }
}
