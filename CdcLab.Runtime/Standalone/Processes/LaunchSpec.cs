namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>How one process is started.</summary>
internal sealed record LaunchSpec
{
    /// <summary>The program and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The folder that it starts in.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Variables on top of the inherited ones; a null value takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    /// <summary>A program that starts the command inside a memory cap, in front of it; empty for none.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>The file into which the process writes its id to enter its cgroup; null for none.</summary>
    public string? CgroupProcsFile { get; init; }
}
