namespace CdcLab.Model.Containers;

/// <summary>A named volume.</summary>
/// <param name="Name">Its name within the lab, e.g. <c>kafka-1-data</c>.</param>
/// <param name="Path">Where it lies in the container.</param>
public sealed record ContainerVolume(string Name, string Path);
