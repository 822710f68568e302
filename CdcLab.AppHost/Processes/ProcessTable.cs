namespace CdcLab.AppHost.Processes;

/// <summary>A process that cannot be mistaken for a later one with the same id.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="StartTime">When it was started, in clock ticks since boot.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct ProcessIdentity(int Pid, long StartTime)
{
    /// <summary>Whether it still runs.</summary>
    public bool IsAlive => ProcessTable.StartTime(Pid) == StartTime;
}

/// <summary>What <c>/proc</c> tells of processes (proc(5)).</summary>
internal static class ProcessTable
{
    /// <summary>When a process was started, in clock ticks since boot; null when there is none, or only a zombie.</summary>
    public static long? StartTime(int pid) =>
        Stat(pid) is { } fields && fields[0] is not ("Z" or "X") ? long.Parse(fields[19], CultureInfo.InvariantCulture) : null;

    /// <summary>The process that has this id now; null when there is none.</summary>
    public static ProcessIdentity? Identify(int pid) => StartTime(pid) is { } start ? new(pid, start) : null;

    /// <summary>This moment, in clock ticks since boot: hundredths of a second on every architecture that the lab runs on.</summary>
    public static long Now() => (long)(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture) * 100);

    /// <summary>The state letter of a process, e.g. <c>S</c>, <c>Z</c> (zombie) or <c>T</c> (stopped by a signal); null when there is no such process.</summary>
    public static char? State(int pid) => Stat(pid)?[0][0];

    /// <summary>Whether a process is stopped by a signal; null when there is no such process.</summary>
    public static bool? IsStopped(int pid) => State(pid) is { } state ? state == 'T' : null;

    /// <summary>The parent of a process; null when there is no such process.</summary>
    public static int? Parent(int pid) => Stat(pid) is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : null;

    /// <summary>The program and the arguments of a process; empty when there is none.</summary>
    public static string[] CommandLine(int pid) => Text($"/proc/{pid}/cmdline")?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The proportional set size of a process in bytes: each shared page counted by its share. Null where it cannot be read.</summary>
    public static long? ProportionalBytes(int pid) => Kilobytes($"/proc/{pid}/smaps_rollup", "Pss");

    /// <summary>The resident anonymous memory, the resident file pages and the peak of a process in bytes; null in each that cannot be read.</summary>
    public static (long? Anonymous, long? File, long? Peak) Resident(int pid)
    {
        string status = $"/proc/{pid}/status";
        return (Kilobytes(status, "RssAnon"), Kilobytes(status, "RssFile"), Kilobytes(status, "VmHWM"));
    }

    /// <summary>All process ids of this moment.</summary>
    public static IEnumerable<int> All()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid))
                yield return pid;
        }
    }

    /// <summary>The children of a process.</summary>
    public static IReadOnlyList<int> Children(int pid)
    {
        // One small file for each thread; kernels without CONFIG_PROC_CHILDREN have none, and all processes are looked through.
        if (!File.Exists("/proc/self/task/" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "/children"))
            return [.. All().Where(p => Parent(p) == pid)];
        List<int> children = [];
        try
        {
            foreach (string thread in Directory.GetDirectories($"/proc/{pid}/task"))
            {
                foreach (string child in (Text(thread + "/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    children.Add(int.Parse(child, CultureInfo.InvariantCulture));
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended: it has no children any more.
        }

        return children;
    }

    /// <summary>The children of a process, their children, and so on.</summary>
    public static IReadOnlyList<int> Descendants(int pid)
    {
        List<int> found = [.. Children(pid)];
        for (int i = 0; i < found.Count; i++)
            found.AddRange(Children(found[i]).Except(found).ToArray());
        return found;
    }

    // The fields from number 3 on, after the name in brackets, which may hold blanks and brackets itself.
    private static string[]? Stat(int pid) => Text($"/proc/{pid}/stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : null;

    private static long? Kilobytes(string path, string name)
    {
        foreach (string line in (Text(path) ?? "").Split('\n'))
        {
            string[] parts = line.Split((char[])[':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 3 && parts[0] == name && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes))
                return kilobytes * 1024;
        }

        return null;
    }

    // Null: it ended, before or while it was read, or belongs to another user.
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
