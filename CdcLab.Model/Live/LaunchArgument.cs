namespace CdcLab.Model.Live;

/// <summary>One argument of a server's or service's command line.</summary>
/// <param name="Text">The argument; <see cref="LaunchDetails.Masked"/> in the place of a secret.</param>
/// <param name="IsSecret">Whether a secret was taken out of it.</param>
public sealed record LaunchArgument(string Text, bool IsSecret = false);
