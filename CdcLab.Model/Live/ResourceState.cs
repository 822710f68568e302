namespace CdcLab.Model.Live;

/// <summary>One server or service as it is now.</summary>
public sealed record ResourceState
{
    /// <summary>What <see cref="Because"/> says of one that was killed by command.</summary>
    public const string Killed = "killed";

    /// <summary>Its name, e.g. <c>kafka-1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required ResourceKind Kind { get; init; }

    /// <summary>What it does.</summary>
    public required RunState State { get; init; }

    /// <summary>Whether its own probe answers; null before the first answer is due.</summary>
    public bool? Answers { get; init; }

    /// <summary>What it waits for, while it waits.</summary>
    public IReadOnlyList<string> WaitsFor { get; init; } = [];

    /// <summary>Its process id, while it runs; null where it runs as a container.</summary>
    public int? Pid { get; init; }

    /// <summary>Its container's id, also after its end; null where it is none.</summary>
    public string? ContainerId { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its exit code; 128 + the signal where a signal ended it.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the kernel ended it for its memory cap.</summary>
    public bool OomKilled { get; init; }

    /// <summary>The ports it listens on, by the name of the listener.</summary>
    public IReadOnlyDictionary<string, int> Ports { get; init; } = new Dictionary<string, int>();

    /// <summary>The version that the server itself tells.</summary>
    public string? Version { get; init; }

    /// <summary>Its memory.</summary>
    public MemoryFigures? Memory { get; init; }

    /// <summary>The last lines it wrote, when it ended by itself or could not be started.</summary>
    public IReadOnlyList<string> LastLines { get; init; } = [];

    /// <summary>Why it is as it is, where that needs a word.</summary>
    public string? Because { get; init; }
}
