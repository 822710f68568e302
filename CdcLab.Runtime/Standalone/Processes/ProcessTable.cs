using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>The kernel's table of processes: who a process id is, and signals to it.</summary>
public static partial class ProcessTable
{
    private const int NoSuchProcess = 3;

    /// <summary>The id of this boot; process ids and start times mean nothing across boots.</summary>
    public static string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>When a process was started, in clock ticks since boot; null when there is none, or only its unreaped remains.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Clock ticks since boot.</returns>
    public static long? StartTime(int pid)
    {
        if (Stat(pid) is not { } fields || fields[0] is "Z" or "X")
            return null;

        // proc(5): field 22 is starttime; the fields here begin with number 3, after the name in brackets.
        return long.Parse(fields[19], CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a process was stopped by a signal; null when there is no such process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Whether it was.</returns>
    public static bool? IsStopped(int pid) => Stat(pid) is { } fields ? fields[0] == "T" : null;

    /// <summary>The parent of a process; null when there is no such process.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>Its process id.</returns>
    public static int? Parent(int pid) => Stat(pid) is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : null;

    /// <summary>The command line of a process; empty when there is none.</summary>
    /// <param name="pid">The process.</param>
    /// <returns>The program and its arguments.</returns>
    public static string[] CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Whether the process that was recorded with this start time still lives.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="startTime">Its start time, in clock ticks since boot.</param>
    /// <returns>Whether it does.</returns>
    public static bool IsAlive(int pid, long startTime) => StartTime(pid) == startTime;

    /// <summary>Whether any process of a group still lives.</summary>
    /// <param name="group">The process group.</param>
    /// <returns>Whether one does.</returns>
    public static bool GroupIsAlive(int group)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            // proc(5): field 5 is the process group.
            if (int.TryParse(Path.GetFileName(folder), out int pid) && Stat(pid) is { } fields && fields[0] is not ("Z" or "X") && fields[2] == group.ToString(CultureInfo.InvariantCulture))
                return true;
        }

        return false;
    }

    /// <summary>Sends a signal to every process of a group.</summary>
    /// <param name="group">The process group.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>Whether there is such a group; one that is gone is no fault.</returns>
    public static bool SignalGroup(int group, Signal signal)
    {
        if (group <= 1)
            throw new ArgumentOutOfRangeException(nameof(group), group, "Not a process group of ours.");
        return Send(-group, signal);
    }

    /// <summary>Sends a signal to one process.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>Whether there is such a process; one that is gone is no fault.</returns>
    public static bool SignalProcess(int pid, Signal signal)
    {
        if (pid <= 1)
            throw new ArgumentOutOfRangeException(nameof(pid), pid, "Not a process of ours.");
        return Send(pid, signal);
    }

    private static bool Send(int target, Signal signal)
    {
        if (Kill(target, (int)signal) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error);
    }

    private static string[]? Stat(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It ended, before or while it was read.
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
