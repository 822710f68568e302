using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Memory;

/// <summary>Caps by the memory controller of cgroup v1: one group per server below this process's own.</summary>
internal sealed class CgroupV1Caps : MemoryCaps
{
    private readonly string _root;

    private CgroupV1Caps(string root) => _root = root;

    public override bool Enforced => true;

    public override string? Folder => _root;

    public override string Description => "enforced by cgroup v1";

    public static CgroupV1Caps? TryMake(string labId, out string whyNot)
    {
        whyNot = "no memory controller is mounted";
        foreach (string parent in Parents())
        {
            if (TryMakeBelow(parent, labId, out whyNot) is { } made)
                return made;
        }

        return null;
    }

    /// <summary>Makes the lab's group in one folder.</summary>
    internal static CgroupV1Caps? TryMakeBelow(string parent, string labId, out string whyNot)
    {
        string root = Path.Combine(parent, GroupName(labId));
        string limit = Path.Combine(root, "memory.limit_in_bytes");
        try
        {
            Directory.CreateDirectory(root);
            // The kernel puts its files into a group. Where another mount hides the controller's, this is a plain folder, and a limit written into it would hold nobody.
            whyNot = $"{parent} is no cgroup: another mount hides it";
            if (File.Exists(limit))
            {
                // Seen in some containers: a group can be made, but its limit cannot be set.
                File.WriteAllText(limit, "-1");
                return new(root);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            whyNot = refused.Message.TrimEnd('.');
        }

        CgroupFiles.Remove(root);
        return null;
    }

    public static void RemoveOf(string labId)
    {
        foreach (string parent in Parents())
            CgroupFiles.Remove(Path.Combine(parent, GroupName(labId)));
    }

    public override LaunchSpec Apply(LaunchSpec spec, string server, long capBytes)
    {
        string group = Group(server);

        // A new group for each start, so that peak and OOM kills are this run's.
        CgroupFiles.Remove(group);
        Directory.CreateDirectory(group);
        string cap = capBytes.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(group, "memory.limit_in_bytes"), cap);
        string swap = Path.Combine(group, "memory.memsw.limit_in_bytes");
        if (File.Exists(swap))
            File.WriteAllText(swap, cap);
        return spec with { CgroupProcsFile = Path.Combine(group, "cgroup.procs") };
    }

    public override MemoryFigures Read(string server, int pid, long capBytes)
    {
        string group = Group(server);
        string stat = Path.Combine(group, "memory.stat");
        return new(
            CgroupFiles.Number(stat, "total_rss"),
            CgroupFiles.Number(stat, "total_cache"),
            CgroupFiles.Number(Path.Combine(group, "memory.limit_in_bytes")),
            CgroupFiles.Number(Path.Combine(group, "memory.max_usage_in_bytes")),
            CgroupFiles.Number(Path.Combine(group, "memory.oom_control"), "oom_kill"),
            CapEnforced: CgroupFiles.GroupOf(pid.ToString(CultureInfo.InvariantCulture), "memory")?.EndsWith($"/{server}", StringComparison.Ordinal) == true);
    }

    public override void Remove() => CgroupFiles.Remove(_root);

    // This process's own group; where the mount does not show it (a container), the mount's root.
    private static IEnumerable<string> Parents()
    {
        if (CgroupFiles.Mount("cgroup", "memory") is not { } mount)
            yield break;
        string own = mount + (CgroupFiles.GroupOf("self", "memory") ?? "");
        if (Directory.Exists(own))
            yield return own;
        if (own.TrimEnd('/') != mount)
            yield return mount;
    }

    private string Group(string server) => Path.Combine(_root, server);
}
