namespace CdcLab.Runtime.View;

/// <summary>One thing known of a resource: a text, or a list of texts.</summary>
/// <param name="Name">Its key; those of <see cref="KnownProperties"/> mean something to the dashboard.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="Text">Its value; null where it is a list.</param>
/// <param name="List">Its values; null where it is a text.</param>
public sealed record PropertyView(string Name, string DisplayName, string? Text, IReadOnlyList<string>? List = null)
{
    /// <summary>Whether it is among those that are shown first.</summary>
    public bool IsHighlighted { get; init; } = true;
}
