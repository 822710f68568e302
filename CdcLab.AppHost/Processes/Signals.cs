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

/// <summary>Sends signals to processes.</summary>
internal static partial class ProcessSignals
{
    private const int NoSuchProcess = 3;

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

    /// <summary>The name of a signal, e.g. <c>SIGKILL</c>.</summary>
    public static string Name(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => $"signal {signal}",
    };

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
