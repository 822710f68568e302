namespace CdcLab.AppHost.Processes;

/// <summary>What is known of the memory of one server since its start; null in each that is not known. Used is anonymous memory; the kernel gives page cache back under
/// pressure; the peak is of a cgroup with the page cache, of a process its resident memory.</summary>
internal sealed record MemoryReading(long? UsedBytes, long? CacheBytes, long? PeakBytes, long? CapBytes, long? OomKills, bool CapEnforced)
{
    /// <summary>Whether the process is not in the group that it was started in, or that has no cap any more.</summary>
    public bool IsOutside { get; init; }
}

/// <summary>How this machine enforces the memory caps of servers that run as processes. One for each lab.</summary>
internal abstract class MemoryCaps : IDisposable
{
    public virtual string? WhyNot => null;

    /// <summary>Takes the best way that this machine offers, and removes what a killed lab of the same name left.</summary>
    public static MemoryCaps Create(string labName)
    {
        string name = "cdclab-" + labName;
        CgroupCaps.RemoveLeftovers(name);
        return CgroupCaps.TryCreate(CgroupVersion.V1, name, out string whyNotV1)
            ?? SystemdScopeCaps.TryCreate(name, out string whyNotScope)
            ?? CgroupCaps.TryCreate(CgroupVersion.V2, name, out string whyNotV2)
            ?? new NoCaps($"no cgroup can be created (v1: {whyNotV1}; systemd: {whyNotScope}; v2: {whyNotV2})");
    }

    /// <summary>Prepares the next start of a server: a new group with the cap, memory and swap together, so that peak and OOM kills are those of this start.</summary>
    public abstract CapGroup Prepare(string server, long capBytes);

    /// <summary>Removes all groups of the lab. A group that still has processes stays.</summary>
    public void Dispose() => Remove();

    protected virtual void Remove()
    {
    }
}

internal sealed class CapGroup(long capBytes, Func<int?, MemoryReading?> read)
{
    // It enters its group before it becomes the server, and the kernel takes it out while it ends.
    private static readonly TimeSpan Entering = TimeSpan.FromSeconds(5);
    private (int Pid, long Since)? _outside;

    /// <summary>The file into which the process writes its id to enter the group; null where it does not.</summary>
    public string? ProcsFile { get; init; }

    /// <summary>A program and its arguments, put in front of the server's, that starts it inside the cap; empty for none.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Reads the figures: of the group, or where no group counts, of the process; its id is null when none is known.</summary>
    public MemoryReading Read(int? pid)
    {
        if (read(pid) is { } counted)
        {
            _outside = null;
            return counted;
        }

        (int Pid, long Since)? outside = pid is not { } id ? null : _outside is { } known && known.Pid == id ? known : (id, Stopwatch.GetTimestamp());
        _outside = outside;
        (long? anonymous, long? file, long? peak) = pid is { } process ? ProcessTable.Resident(process) : default;
        return new(anonymous, file, peak, capBytes, OomKills: null, CapEnforced: false)
        {
            IsOutside = outside is { Since: var since } && Stopwatch.GetElapsedTime(since) > Entering && (ProcsFile is not null || Wrapper.Count > 0),
        };
    }
}

/// <summary>No cgroup may be created here: heap and pool settings alone limit the servers.</summary>
internal sealed class NoCaps(string whyNot) : MemoryCaps
{
    public override string? WhyNot => whyNot;

    public override CapGroup Prepare(string server, long capBytes) => new(capBytes, _ => null);
}
