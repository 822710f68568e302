namespace CdcLab.Runtime.View;

/// <summary>A volume of a container.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Target">Where the container sees it.</param>
public sealed record VolumeView(string Source, string Target);
