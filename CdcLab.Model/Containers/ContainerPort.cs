namespace CdcLab.Model.Containers;

/// <summary>A published port.</summary>
/// <param name="Inside">The port in the container.</param>
/// <param name="Outside">The port on this machine.</param>
/// <param name="BindAddress">The address on this machine.</param>
public sealed record ContainerPort(int Inside, int Outside, string BindAddress);
