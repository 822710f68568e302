namespace CdcLab.Runtime.View;

/// <summary>A command as it stands beside its resource now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Description">What it does.</param>
/// <param name="Confirmation">What is asked first; null for nothing.</param>
/// <param name="Icon">The name of its FluentUI icon.</param>
/// <param name="IsHighlighted">Whether it is a button in the row.</param>
/// <param name="Availability">Whether it makes sense now.</param>
public sealed record CommandView(string Name, string DisplayName, string Description, string? Confirmation, string Icon, bool IsHighlighted, CommandAvailability Availability);
