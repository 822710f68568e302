namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>How a tool ended and what it said, line by line.</summary>
internal sealed record ToolResult(int ExitCode, IReadOnlyList<string> Output, IReadOnlyList<string> Error)
{
    /// <summary>Why it failed, for a tool whose first line of error tells and whose later ones are what follows from it.</summary>
    public string FirstError => Error.FirstOrDefault(line => !string.IsNullOrWhiteSpace(line))?.Trim().TrimEnd('.') ?? LastError;

    /// <summary>Why it failed: the last line that it wrote to its standard error, or its exit code when it wrote none.</summary>
    public string LastError => Error.LastOrDefault(line => !string.IsNullOrWhiteSpace(line))?.Trim().TrimEnd('.') ?? $"exit code {ExitCode}";
}
