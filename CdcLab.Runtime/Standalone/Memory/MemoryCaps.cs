using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Memory;

/// <summary>How this machine can hold a server to its memory cap.</summary>
internal abstract class MemoryCaps
{
    /// <summary>Whether the kernel enforces the caps.</summary>
    public abstract bool Enforced { get; }

    /// <summary>How it is done, or why it cannot be, for people.</summary>
    public abstract string Description { get; }

    /// <summary>The group below which the servers run; null where there is none that we have to take away.</summary>
    public virtual string? Folder => null;

    /// <summary>Adds to a launch what puts the process under its cap.</summary>
    public abstract LaunchSpec Apply(LaunchSpec spec, string server, long capBytes);

    /// <summary>The figures of a running server.</summary>
    public abstract MemoryFigures Read(string server, int pid, long capBytes);

    /// <summary>Takes away what was made for one lab.</summary>
    public abstract void Remove();

    /// <summary>The best way that this machine offers.</summary>
    /// <param name="labId">A short name of the lab's data directory.</param>
    public static MemoryCaps Choose(string labId)
    {
        if (CgroupV1Caps.TryMake(labId, out string whyNotV1) is { } v1)
            return v1;
        if (SystemdScopeCaps.TryMake(labId, out string whyNotScope) is { } scope)
            return scope;
        if (CgroupV2Caps.TryMake(labId, out string whyNotV2) is { } v2)
            return v2;
        return new NoCaps($"no cgroup can be made here (v1: {whyNotV1}; systemd: {whyNotScope}; v2: {whyNotV2})");
    }

    /// <summary>The name of a lab's own group.</summary>
    public static string GroupName(string labId) => "cdclab-" + labId;

    /// <summary>Takes away the groups of a lab whose host was killed.</summary>
    public static void RemoveGroups(string labId)
    {
        CgroupV1Caps.RemoveOf(labId);
        CgroupV2Caps.RemoveOf(labId);
    }
}
