namespace CdcLab.Model;

/// <summary>One port that a resource listens on.</summary>
/// <param name="Name">The listener's name, e.g. <c>EXTERNAL</c>.</param>
/// <param name="Number">The TCP port on this machine; 0 for any free one.</param>
/// <param name="BindAddress">The address it binds to.</param>
/// <param name="Setting">The setting that moves it.</param>
public sealed record LabPort(string Name, int Number, string BindAddress, string Setting);
