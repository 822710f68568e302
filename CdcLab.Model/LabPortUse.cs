namespace CdcLab.Model;

/// <summary>A port that a start needs, and for what.</summary>
/// <param name="Port">The TCP port.</param>
/// <param name="Who">What listens on it, in words: <c>mysql</c>, <c>kafka-1 (EXTERNAL)</c>, <c>the control endpoint</c>.</param>
/// <param name="BindAddress">The address that it binds to.</param>
/// <param name="Setting">The setting that moves it.</param>
public sealed record LabPortUse(int Port, string Who, string BindAddress, string Setting);
