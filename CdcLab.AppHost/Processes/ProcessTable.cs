using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CdcLab.AppHost.Processes;

/// <summary>A process that cannot be mistaken for a later one with the same id; its start is in clock ticks since boot.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProcessIdentity(int Pid, long StartTime)
{
    public bool IsAlive => ProcessTable.StartTime(Pid) == StartTime;
}

/// <summary>What <c>/proc</c> tells of processes (proc(5)); null or empty where there is no such process.</summary>
internal static class ProcessTable
{
    /// <summary>When a process was started, in clock ticks since boot; null for a zombie too.</summary>
    public static long? StartTime(int pid) => Stat(pid) is { } fields && fields[0] is not ("Z" or "X") ? long.Parse(fields[19]) : null;

    public static ProcessIdentity? Identify(int pid) => StartTime(pid) is { } start ? new(pid, start) : null;

    /// <summary>This moment, in clock ticks since boot: hundredths of a second on every architecture that the lab runs on.</summary>
    public static long Now() => (long)(double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0]) * 100);

    public static bool? IsStopped(int pid) => Stat(pid) is { } fields ? fields[0] == "T" : null;

    public static int? Parent(int pid) => Stat(pid) is { } fields ? int.Parse(fields[1]) : null;

    public static string[] CommandLine(int pid) => Text($"/proc/{pid}/cmdline")?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The proportional set size in bytes: each shared page counted by its share.</summary>
    public static long? ProportionalBytes(int pid) => 1024 * Figure($"/proc/{pid}/smaps_rollup", "Pss");

    public static (long? Anonymous, long? File, long? Peak) Resident(int pid)
    {
        string status = $"/proc/{pid}/status";
        return (1024 * Figure(status, "RssAnon"), 1024 * Figure(status, "RssFile"), 1024 * Figure(status, "VmHWM"));
    }

    public static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc").Select(f => int.TryParse(Path.GetFileName(f), out int pid) ? pid : 0).Where(p => p > 0);

    public static IReadOnlyList<int> Children(int pid)
    {
        // One small file for each thread; kernels without CONFIG_PROC_CHILDREN have none, and all processes are looked through.
        if (!File.Exists($"/proc/self/task/{Environment.ProcessId}/children"))
            return [.. All().Where(p => Parent(p) == pid)];
        try
        {
            return [.. Directory.GetDirectories($"/proc/{pid}/task").SelectMany(t => (Text(t + "/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public static IReadOnlyList<int> Descendants(int pid)
    {
        List<int> found = [.. Children(pid)];
        for (int i = 0; i < found.Count; i++)
            found.AddRange(Children(found[i]).Except(found).ToArray());
        return found;
    }

    /// <summary>The processes of a session (setsid(2)), whoever is their parent by now.</summary>
    public static IEnumerable<int> Session(int leader) => All().Where(p => Stat(p) is { } fields && int.Parse(fields[3]) == leader);

    /// <summary>The number behind a key in a file of lines such as <c>oom_kill 0</c> or <c>Pss: 12 kB</c>; null where it is not there.</summary>
    public static long? Figure(string path, string key) =>
        (Text(path) ?? "").Split('\n').Select(l => l.Split((char[])[':', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(w => w.Length >= 2 && w[0] == key) is [_, var text, ..]
        && long.TryParse(text, out long value) ? value : null;

    /// <summary>A small file of the kernel's; null where it cannot be read: the process ended, before or while it was read, or belongs to another user.</summary>
    public static string? Text(string path)
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

    // The fields from number 3 on, after the name in brackets, which may hold blanks and brackets itself.
    private static string[]? Stat(int pid) => Text($"/proc/{pid}/stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : null;
}

internal enum Signal
{
    Hangup = 1,
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

internal static partial class ProcessSignals
{
    private const int NoSuchProcess = 3;
    private static readonly string[] Names =
        ["", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "", "", "", "", "", "", "", "", "XCPU", "XFSZ", "", "", "", "", "", "SYS"];

    /// <summary>Sends a signal to one process; false when it is gone.</summary>
    public static bool TrySend(int pid, Signal signal)
    {
        // 0 and negative numbers are process groups, 1 is init.
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(pid, 1);
        if (Kill(pid, (int)signal) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error);
    }

    public static string Name(int signal) => Names.ElementAtOrDefault(signal) is { Length: > 0 } name ? "SIG" + name : $"signal {signal}";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
