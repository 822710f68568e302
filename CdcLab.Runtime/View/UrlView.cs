namespace CdcLab.Runtime.View;

/// <summary>An address of a resource.</summary>
/// <param name="Name">The endpoint's name, which no other of the resource has; empty where it is no endpoint with a host and a port, which the graph would show.</param>
/// <param name="Address">The whole address.</param>
/// <param name="DisplayName">What is shown for it.</param>
public sealed record UrlView(string Name, Uri Address, string DisplayName);
