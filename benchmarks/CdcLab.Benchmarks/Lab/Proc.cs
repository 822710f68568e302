namespace CdcLab.Benchmarks.Lab;

/// <summary>What <c>/proc</c> tells of processes (proc(5)).</summary>
internal static class Proc
{
    // Hundredths of a second on every architecture that the lab runs on.
    private const double TicksPerSecond = 100;

    /// <summary>The processes that have inherited a variable of the environment; zombies have none.</summary>
    public static IReadOnlyList<int> WithVariable(string nameAndValue) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(f => int.TryParse(Path.GetFileName(f), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Where(f => Text($"{f}/environ").Split('\0').Contains(nameAndValue, StringComparer.Ordinal))
            .Select(f => int.Parse(Path.GetFileName(f), CultureInfo.InvariantCulture)),
    ];

    public static string[] CommandLine(int pid) => Text($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Processor time so far, of user and kernel.</summary>
    public static TimeSpan Used(int pid)
    {
        string[] fields = Fields(pid);
        return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
    }

    /// <summary>How long ago a process was started.</summary>
    public static TimeSpan Age(int pid)
    {
        double now = double.Parse(Text("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(now - (Number(Fields(pid)[19]) / TicksPerSecond));
    }

    /// <summary>Proportional set size in bytes: each shared page by its share. 0 for a process that has ended.</summary>
    public static long Pss(int pid) =>
        Text($"/proc/{pid}/smaps_rollup").Split('\n').FirstOrDefault(l => l.StartsWith("Pss:", StringComparison.Ordinal)) is { } line
            ? 1024 * Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
            : 0;

    /// <summary>Those among some processes that are one of the roots or come from one.</summary>
    public static HashSet<int> Trees(IReadOnlyList<int> processes, IEnumerable<int> roots)
    {
        HashSet<int> found = [.. roots];
        while (processes.Where(p => !found.Contains(p) && found.Contains(Parent(p))).ToArray() is { Length: > 0 } more)
            found.UnionWith(more);
        return found;
    }

    public static void Signal(int pid, string name)
    {
        // One that has ended meanwhile is no error.
        ProcessStartInfo start = new("kill", ["-s", name, pid.ToString()]) { UseShellExecute = false, RedirectStandardError = true };
        using Process kill = Process.Start(start)!;
        kill.WaitForExit();
    }

    private static int Parent(int pid) => Fields(pid) is { Length: > 1 } fields ? (int)Number(fields[1]) : 0;

    // From field 3 on, after the name in brackets, which may hold blanks and brackets itself.
    private static string[] Fields(int pid)
    {
        string stat = Text($"/proc/{pid}/stat");
        return stat.Length == 0 ? [] : stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    // Empty: it ended, or belongs to another user.
    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
