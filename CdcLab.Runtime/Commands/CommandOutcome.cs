namespace CdcLab.Runtime.Commands;

/// <summary>What came of a command.</summary>
/// <param name="Succeeded">Whether it did what it says.</param>
/// <param name="Message">One line for the person who chose it: what is so now, or what went wrong.</param>
public sealed record CommandOutcome(bool Succeeded, string Message)
{
    /// <summary>What it found, as Markdown to be shown at once; null where the message says all.</summary>
    public string? Markdown { get; init; }

    /// <summary>It worked.</summary>
    /// <param name="message">What is so now.</param>
    /// <returns>The outcome.</returns>
    public static CommandOutcome Done(string message) => new(true, message);

    /// <summary>It did not work.</summary>
    /// <param name="message">Why, and what to do.</param>
    /// <returns>The outcome.</returns>
    public static CommandOutcome Failed(string message) => new(false, message);

    /// <summary>It worked, and found something to read.</summary>
    /// <param name="message">In one line.</param>
    /// <param name="markdown">What it found.</param>
    /// <returns>The outcome.</returns>
    public static CommandOutcome Shown(string message, string markdown) => new(true, message) { Markdown = markdown };
}
