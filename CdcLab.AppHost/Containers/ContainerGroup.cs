namespace CdcLab.AppHost.Containers;

/// <summary>The control group of a container, v1 or v2.</summary>
/// <param name="folder">Its folder.</param>
internal sealed class ContainerGroup(string folder)
{
    private static readonly string[] Mounts = ["/sys/fs/cgroup/memory", "/sys/fs/cgroup"];

    /// <summary>The group of a container; null where it cannot be seen from here, e.g. because the engine runs elsewhere.</summary>
    /// <param name="pid">Its first process.</param>
    /// <param name="id">Its id: only a group whose path names it is its own.</param>
    public static ContainerGroup? Find(int pid, string id)
    {
        try
        {
            foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cgroup")))
            {
                string[] parts = line.Split(':', 3);
                if (parts is not [_, "" or "memory", var path] || !path.Contains(id, StringComparison.Ordinal))
                    continue;
                if (Mounts.Select(m => m + path).FirstOrDefault(Directory.Exists) is { } found)
                    return new(found);
            }
        }
        catch (IOException)
        {
            // It has just ended.
        }

        return null;
    }

    /// <summary>Reads the figures; null in each that is not known.</summary>
    /// <param name="capBytes">The cap that the container was given.</param>
    public MemoryReading Read(long capBytes)
    {
        long? limit = Number("memory.max") ?? Number("memory.limit_in_bytes");
        return new(
            Part("memory.stat", "anon") ?? Part("memory.stat", "total_rss"),
            Part("memory.stat", "file") ?? Part("memory.stat", "total_cache"),
            Number("memory.peak") ?? Number("memory.max_usage_in_bytes"),
            limit is { } enforced && capBytes > 0 && enforced <= capBytes ? enforced : null,
            Part("memory.events", "oom_kill") ?? Part("memory.oom_control", "oom_kill"),
            CapEnforced: limit is { } l && capBytes > 0 && l <= capBytes);
    }

    private long? Number(string file) => long.TryParse(Text(file)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;

    private long? Part(string file, string name) =>
        Text(file)?.Split('\n').Select(l => l.Split(' ')).FirstOrDefault(w => w is [var key, _] && key == name) is [_, var value] && long.TryParse(value, CultureInfo.InvariantCulture, out long number) ? number : null;

    private string? Text(string file)
    {
        string path = Path.Combine(folder, file);
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
