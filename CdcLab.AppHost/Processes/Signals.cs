using System.ComponentModel;
using System.Runtime.InteropServices;

namespace CdcLab.AppHost.Processes;

/// <summary>The signals that the lab sends, by their numbers on Linux.</summary>
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

    /// <summary>Sends a signal to one process.</summary>
    /// <returns>False when the process is gone.</returns>
    /// <exception cref="Win32Exception">The kernel refused, for example because the process belongs to another user.</exception>
    public static bool TrySend(int pid, Signal signal)
    {
        // 0 and negative numbers are process groups, 1 is init.
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(pid, 1);
        if (Kill(pid, (int)signal) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error);
    }

    /// <summary>The name of a signal that can end a process, e.g. <c>SIGKILL</c>.</summary>
    public static string Name(int signal) => Names.ElementAtOrDefault(signal) is { Length: > 0 } name ? "SIG" + name : $"signal {signal}";

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
