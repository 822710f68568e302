namespace CdcLab.AppHost.Processes;

/// <summary>Reads and writes the small files of a cgroup.</summary>
internal static class CgroupFiles
{
    /// <summary>The number in a file; null where it cannot be read or is no number (such as <c>max</c>).</summary>
    public static long? Number(string path) =>
        Text(path) is { } text && long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>The number behind a key in a file of lines such as <c>oom_kill 0</c>; null where it is not there.</summary>
    public static long? Number(string path, string key)
    {
        foreach (string line in (Text(path) ?? "").Split('\n'))
        {
            string[] parts = line.Split(' ');
            if (parts.Length == 2 && parts[0] == key && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                return value;
        }

        return null;
    }

    /// <summary>The path of a process's group for one controller of v1, or of v2 (an empty controller); null where there is none.</summary>
    public static string? GroupOf(string pid, string controller)
    {
        // cgroups(7): "hierarchy-ID:controller-list:cgroup-path"
        foreach (string line in (Text($"/proc/{pid}/cgroup") ?? "").Split('\n'))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3 && parts[1].Split(',').Contains(controller, StringComparer.Ordinal))
                return parts[2];
        }

        return null;
    }

    /// <summary>Where a cgroup file system is mounted.</summary>
    public static string? Mount(string type, string? option)
    {
        foreach (string line in (Text("/proc/mounts") ?? "").Split('\n'))
        {
            string[] parts = line.Split(' ');
            if (parts.Length >= 4 && parts[2] == type && (option is null || parts[3].Split(',').Contains(option, StringComparer.Ordinal)))
                return parts[1];
        }

        return null;
    }

    /// <summary>Removes a group and the groups in it; one that still has processes stays.</summary>
    public static void Remove(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (string inner in Directory.GetDirectories(folder))
            Remove(inner);
        DateTime deadline = DateTime.UtcNow.AddSeconds(2);
        while (Directory.Exists(folder))
        {
            try
            {
                // Not recursive: the files of a group are the kernel's and go with it.
                Directory.Delete(folder);
            }
            catch (IOException) when (DateTime.UtcNow < deadline)
            {
                // The kernel takes a moment to let go of a process that has just ended.
                Thread.Sleep(20);
            }
            catch (Exception busy) when (busy is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }

    private static string? Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
