using System.Globalization;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Memory;

/// <summary>Caps by cgroup v2, in a group that was delegated to this user.</summary>
internal sealed class CgroupV2Caps : MemoryCaps
{
    private readonly string _root;

    private CgroupV2Caps(string root) => _root = root;

    public override bool Enforced => true;

    public override string? Folder => _root;

    public override string Description => "enforced by cgroup v2";

    public static CgroupV2Caps? TryMake(string labId, out string whyNot)
    {
        whyNot = "not mounted";
        foreach (string parent in Parents())
        {
            string root = Path.Combine(parent, GroupName(labId));
            try
            {
                // A group that holds processes may not hand the controller to its children: the first ancestor that already does is taken.
                if (!File.ReadAllText(Path.Combine(parent, "cgroup.subtree_control")).Split(' ', '\n').Contains("memory", StringComparer.Ordinal))
                {
                    whyNot = "the memory controller is not delegated to this user";
                    continue;
                }

                Directory.CreateDirectory(root);
                File.WriteAllText(Path.Combine(root, "cgroup.subtree_control"), "+memory");
                return new(root);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                whyNot = refused.Message.TrimEnd('.');
                CgroupFiles.Remove(root);
            }
        }

        return null;
    }

    public static void RemoveOf(string labId)
    {
        foreach (string parent in Parents())
            CgroupFiles.Remove(Path.Combine(parent, GroupName(labId)));
    }

    public override LaunchSpec Apply(LaunchSpec spec, string server, long capBytes)
    {
        string group = Path.Combine(_root, server);
        CgroupFiles.Remove(group);
        Directory.CreateDirectory(group);
        File.WriteAllText(Path.Combine(group, "memory.max"), capBytes.ToString(CultureInfo.InvariantCulture));
        string swap = Path.Combine(group, "memory.swap.max");
        if (File.Exists(swap))
            File.WriteAllText(swap, "0");
        return spec with { CgroupProcsFile = Path.Combine(group, "cgroup.procs") };
    }

    public override MemoryFigures Read(string server, int pid, long capBytes) => Figures(Path.Combine(_root, server));

    public override void Remove() => CgroupFiles.Remove(_root);

    /// <summary>The figures of one v2 group.</summary>
    public static MemoryFigures Figures(string group)
    {
        string stat = Path.Combine(group, "memory.stat");
        long? cap = CgroupFiles.Number(Path.Combine(group, "memory.max"));
        return new(
            CgroupFiles.Number(stat, "anon"),
            CgroupFiles.Number(stat, "file"),
            cap,
            CgroupFiles.Number(Path.Combine(group, "memory.peak")),
            CgroupFiles.Number(Path.Combine(group, "memory.events"), "oom_kill"),
            CapEnforced: cap is not null);
    }

    private static IEnumerable<string> Parents()
    {
        if (CgroupFiles.Mount("cgroup2", null) is not { } mount || CgroupFiles.GroupOf("self", "") is not { } own)
            yield break;
        for (string path = mount + own.TrimEnd('/'); path.Length >= mount.Length; path = Path.GetDirectoryName(path)!)
        {
            if (Directory.Exists(path))
                yield return path;
        }
    }
}
