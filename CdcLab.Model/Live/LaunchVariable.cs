namespace CdcLab.Model.Live;

/// <summary>One environment variable that the lab set for a server or service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; <see cref="LaunchDetails.Masked"/> in the place of a secret.</param>
/// <param name="IsSecret">Whether its value is a secret.</param>
public sealed record LaunchVariable(string Name, string Value, bool IsSecret = false);
