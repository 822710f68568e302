using System.ComponentModel;

namespace CdcLab.AppHost.Processes;

/// <summary>What the two versions of cgroups call the same things.</summary>
internal sealed record CgroupVersion(string MountType, string? MountOption, string Controller, string Limit, string Swap, string Anonymous, string Cache, string Peak, string Kills)
{
    public static readonly CgroupVersion V1 = new(
        "cgroup", "memory", "memory", "memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "total_rss", "total_cache", "memory.max_usage_in_bytes", "memory.oom_control");

    public static readonly CgroupVersion V2 = new("cgroup2", null, "", "memory.max", "memory.swap.max", "anon", "file", "memory.peak", "memory.events");

    public string? Mount() => (ProcessTable.Text("/proc/mounts") ?? "").Split('\n').Select(l => l.Split(' '))
        .FirstOrDefault(w => w.Length >= 4 && w[2] == MountType && (MountOption is null || w[3].Split(',').Contains(MountOption)))?[1];

    /// <summary>The path of a process's group below the mount (cgroups(7): "hierarchy:controllers:path"); null where it has none.</summary>
    public string? GroupOf(string pid) => (ProcessTable.Text($"/proc/{pid}/cgroup") ?? "").Split('\n').Select(l => l.Split(':', 3))
        .FirstOrDefault(w => w.Length == 3 && w[1].Split(',').Contains(Controller))?[2];

    /// <summary>This process's own group and those above it, as far as the mount shows them; in a container it may show its root only.</summary>
    public IEnumerable<string> Parents()
    {
        if (Mount() is not { } mount)
            yield break;
        for (string path = (mount + GroupOf("self")).TrimEnd('/'); path.Length >= mount.Length; path = Path.GetDirectoryName(path)!)
        {
            if (Directory.Exists(path))
                yield return path;
        }
    }

    /// <summary>The figures of a group; null where it has no cap, or is gone.</summary>
    public MemoryReading? Read(string group)
    {
        string stat = Path.Combine(group, "memory.stat");
        return Number(Limit) is not { } cap
            ? null
            : new(ProcessTable.Figure(stat, Anonymous), ProcessTable.Figure(stat, Cache), Number(Peak), cap, ProcessTable.Figure(Path.Combine(group, Kills), "oom_kill"), CapEnforced: true);

        long? Number(string file) => long.TryParse(ProcessTable.Text(Path.Combine(group, file)), out long value) ? value : null;
    }
}

/// <summary>Caps by one cgroup for each server: v1, or v2 where the memory controller was delegated to this user.</summary>
internal sealed class CgroupCaps(CgroupVersion version, string root) : MemoryCaps
{
    public static MemoryCaps? TryCreate(CgroupVersion version, string name, out string whyNot)
    {
        whyNot = "not mounted";
        foreach (string parent in version.Parents())
        {
            string root = Path.Combine(parent, name);
            try
            {
                // A group that holds processes may not hand the controller to its children: the nearest ancestor that already does is taken.
                if (version == CgroupVersion.V2 && !File.ReadAllText(Path.Combine(parent, "cgroup.subtree_control")).Split(' ', '\n').Contains("memory"))
                {
                    whyNot = "the memory controller is not delegated to this user";
                    continue;
                }

                Directory.CreateDirectory(root);
                // The kernel puts its files into a group. Where another mount hides the controller's, this is a plain folder.
                whyNot = $"{parent} is no cgroup: another mount hides it";
                if (File.Exists(Path.Combine(root, version.Limit)))
                {
                    // In some containers a v1 group can be created, but its limit cannot be set.
                    (string file, string text) = version == CgroupVersion.V2 ? ("cgroup.subtree_control", "+memory") : (version.Limit, "-1");
                    File.WriteAllText(Path.Combine(root, file), text);
                    return new CgroupCaps(version, root);
                }
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                whyNot = refused.Message.TrimEnd('.');
            }

            Delete(root);
        }

        return null;
    }

    public static void RemoveLeftovers(string name)
    {
        foreach (string parent in CgroupVersion.V1.Parents().Concat(CgroupVersion.V2.Parents()))
            Delete(Path.Combine(parent, name));
    }

    public override CapGroup Prepare(string server, long capBytes)
    {
        string group = Path.Combine(root, server);
        Delete(group);
        Directory.CreateDirectory(group);
        File.WriteAllText(Path.Combine(group, version.Limit), $"{capBytes}");
        // v1 limits memory and swap together, v2 swap alone. Missing where the kernel does not count swap.
        string swap = Path.Combine(group, version.Swap);
        if (File.Exists(swap))
            File.WriteAllText(swap, version == CgroupVersion.V1 ? $"{capBytes}" : "0");
        return new(capBytes, Read) { ProcsFile = Path.Combine(group, "cgroup.procs") };

        // A process that is outside its group is not counted there.
        MemoryReading? Read(int? pid) =>
            pid is { } process && version.GroupOf($"{process}") is { } actual && !actual.EndsWith($"/{server}", StringComparison.Ordinal) ? null : version.Read(group);
    }

    protected override void Remove() => Delete(root);

    // With the groups in it; one that still has processes stays.
    private static void Delete(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (string inner in Directory.GetDirectories(folder))
            Delete(inner);
        for (int tries = 100; Directory.Exists(folder) && tries > 0; tries--)
        {
            try
            {
                // Not recursive: the files of a group are the kernel's and go with it.
                Directory.Delete(folder);
            }
            catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
            {
                // The kernel takes a moment to let go of a process that has just ended.
                Thread.Sleep(20);
            }
        }
    }
}

/// <summary>Caps by systemd on cgroup v2: each server runs in a transient scope, which systemd removes when the server ends. <c>systemd-run --scope</c> becomes
/// the server by exec, so that the process id stays.</summary>
internal sealed class SystemdScopeCaps(string name) : MemoryCaps
{
    // systemd.resource-control(5)
    private static readonly string[] Command = ["systemd-run", .. Environment.IsPrivilegedProcess ? Array.Empty<string>() : ["--user"], "--scope", "--quiet", "--collect", "-p", "MemorySwapMax=0"];

    public static MemoryCaps? TryCreate(string name, out string whyNot)
    {
        whyNot = "systemd does not run here";
        if (!Directory.Exists("/run/systemd/system") || CgroupVersion.V2.Mount() is null)
            return null;
        try
        {
            // A scope like the real ones, around a program that ends at once.
            SystemdScopeCaps caps = new(name);
            (string program, IReadOnlyList<string> arguments) = Launch.InCap(caps.Prepare("try", 64 * ByteSize.MiB), "true", []);
            using Process attempt = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
            if (attempt.WaitForExit(TimeSpan.FromSeconds(5)) && attempt.ExitCode == 0)
                return caps;
            whyNot = "systemd-run creates no scope for this user";
        }
        catch (Win32Exception missing)
        {
            whyNot = missing.Message.TrimEnd('.');
        }

        return null;
    }

    // A scope keeps its name until its last process is gone, so that each start takes another.
    public override CapGroup Prepare(string server, long capBytes)
    {
        string unit = $"{name}-{server}-{Stopwatch.GetTimestamp()}";
        return new(capBytes, Read) { Wrapper = [.. Command, $"--unit={unit}", "-p", $"MemoryMax={capBytes}", "--"] };

        MemoryReading? Read(int? pid) =>
            pid is { } process && CgroupVersion.V2.GroupOf($"{process}") is { } group && group.Contains(unit, StringComparison.Ordinal)
                ? CgroupVersion.V2.Read(CgroupVersion.V2.Mount() + group)
                : null;
    }
}
