namespace CdcLab.Runtime.Engine;

/// <summary>What a container engine says of itself.</summary>
/// <param name="Version">Its version, e.g. <c>28.5.2</c>.</param>
/// <param name="EnforcesCaps">Whether it can cap memory and swap; a rootless one may not be allowed to.</param>
public sealed record EngineFacts(string Version, bool EnforcesCaps);
