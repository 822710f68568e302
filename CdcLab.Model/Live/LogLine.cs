namespace CdcLab.Model.Live;

/// <summary>One line that a server or service wrote.</summary>
/// <param name="At">When it was read from the server.</param>
/// <param name="IsError">Whether it came on standard error.</param>
/// <param name="Text">The line, cut where it is longer than anybody reads; never with a line break.</param>
public sealed record LogLine(DateTimeOffset At, bool IsError, string Text);
