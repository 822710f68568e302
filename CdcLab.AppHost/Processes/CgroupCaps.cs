namespace CdcLab.AppHost.Processes;

/// <summary>Caps by the memory controller of cgroup v1: one group for each server.</summary>
internal sealed class CgroupV1Caps : MemoryCaps
{
    private readonly string _root;

    private CgroupV1Caps(string root) => _root = root;

    public override string Description => "cgroup v1";

    public static CgroupV1Caps? TryCreate(string name, out string whyNot)
    {
        whyNot = "no memory controller is mounted";
        foreach (string parent in Parents())
        {
            string root = Path.Combine(parent, name);
            string limit = Path.Combine(root, "memory.limit_in_bytes");
            try
            {
                Directory.CreateDirectory(root);
                // The kernel puts its files into a group. Where another mount hides the controller's, this is a plain folder.
                whyNot = $"{parent} is no cgroup: another mount hides it";
                if (File.Exists(limit))
                {
                    // Seen in some containers: a group can be created, but its limit cannot be set.
                    File.WriteAllText(limit, "-1");
                    return new(root);
                }
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                whyNot = refused.Message.TrimEnd('.');
            }

            CgroupFiles.Remove(root);
        }

        return null;
    }

    public static void RemoveLeftovers(string name)
    {
        foreach (string parent in Parents())
            CgroupFiles.Remove(Path.Combine(parent, name));
    }

    public override CapGroup Prepare(string server, long capBytes)
    {
        string group = Path.Combine(_root, server);
        CgroupFiles.Remove(group);
        Directory.CreateDirectory(group);
        string cap = capBytes.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(Path.Combine(group, "memory.limit_in_bytes"), cap);
        // Memory and swap together; missing where the kernel does not count swap.
        string swap = Path.Combine(group, "memory.memsw.limit_in_bytes");
        if (File.Exists(swap))
            File.WriteAllText(swap, cap);
        return new(capBytes, pid => Read(group, server, pid)) { ProcsFile = Path.Combine(group, "cgroup.procs") };
    }

    public override void Remove() => CgroupFiles.Remove(_root);

    private static MemoryReading? Read(string group, string server, int? pid)
    {
        // A process that is outside its group is not counted there.
        if (pid is { } process && CgroupFiles.GroupOf(process.ToString(CultureInfo.InvariantCulture), "memory") is { } actual
            && !actual.EndsWith($"/{server}", StringComparison.Ordinal))
            return null;
        string stat = Path.Combine(group, "memory.stat");
        long? cap = CgroupFiles.Number(Path.Combine(group, "memory.limit_in_bytes"));
        return cap is null ? null : new(
            CgroupFiles.Number(stat, "total_rss"),
            CgroupFiles.Number(stat, "total_cache"),
            CgroupFiles.Number(Path.Combine(group, "memory.max_usage_in_bytes")),
            cap,
            CgroupFiles.Number(Path.Combine(group, "memory.oom_control"), "oom_kill"),
            CapEnforced: true);
    }

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
}

/// <summary>Caps by cgroup v2, in a group that was delegated to this user.</summary>
internal sealed class CgroupV2Caps : MemoryCaps
{
    private readonly string _root;

    private CgroupV2Caps(string root) => _root = root;

    public override string Description => "cgroup v2";

    public static CgroupV2Caps? TryCreate(string name, out string whyNot)
    {
        whyNot = "not mounted";
        foreach (string parent in Parents())
        {
            string root = Path.Combine(parent, name);
            try
            {
                // A group that holds processes may not hand the controller to its children: the nearest ancestor that already does is taken.
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

    public static void RemoveLeftovers(string name)
    {
        foreach (string parent in Parents())
            CgroupFiles.Remove(Path.Combine(parent, name));
    }

    public override CapGroup Prepare(string server, long capBytes)
    {
        string group = Path.Combine(_root, server);
        CgroupFiles.Remove(group);
        Directory.CreateDirectory(group);
        File.WriteAllText(Path.Combine(group, "memory.max"), capBytes.ToString(CultureInfo.InvariantCulture));
        string swap = Path.Combine(group, "memory.swap.max");
        if (File.Exists(swap))
            File.WriteAllText(swap, "0");
        return new(capBytes, _ => Read(group)) { ProcsFile = Path.Combine(group, "cgroup.procs") };
    }

    public override void Remove() => CgroupFiles.Remove(_root);

    /// <summary>The figures of one group of v2; null where it has no cap, or is gone.</summary>
    internal static MemoryReading? Read(string group)
    {
        string stat = Path.Combine(group, "memory.stat");
        return CgroupFiles.Number(Path.Combine(group, "memory.max")) is not { } cap ? null : new(
            CgroupFiles.Number(stat, "anon"),
            CgroupFiles.Number(stat, "file"),
            CgroupFiles.Number(Path.Combine(group, "memory.peak")),
            cap,
            CgroupFiles.Number(Path.Combine(group, "memory.events"), "oom_kill"),
            CapEnforced: true);
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
