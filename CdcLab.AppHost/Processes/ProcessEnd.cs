using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CdcLab.AppHost.Processes;

/// <summary>How the kernel recorded the end of a process: an exit code, or the signal that ended it.</summary>
internal sealed record ExitStatus(int? ExitCode, int? Signal);

/// <summary>Learns the exact end of a process that is not a child of this one. Aspire's orchestrator, its parent, reports any death by signal as exit code -1.</summary>
/// <remarks>A pidfd opened while the process lives keeps its exit status after it was reaped: ioctl <c>PIDFD_GET_INFO</c> with <c>PIDFD_INFO_EXIT</c>, Linux 6.15 and
/// later, no privilege needed. On an older kernel the status stays unknown.</remarks>
internal sealed partial class EndWatch(SafeFileHandle handle, ProcessIdentity process) : IDisposable
{
    private const int PidfdOpen = 434;
    private const nuint GetInfo = 0xC040FF0B;
    private const ulong ExitBit = 1 << 3;
    private const int InfoBytes = 64;
    private const int ExitStatusOffset = 60;

    public ProcessIdentity Process => process;

    /// <summary>Begins to watch a process; null when it is gone already, or the kernel has no pidfd.</summary>
    public static EndWatch? Open(int pid)
    {
        if (ProcessTable.Identify(pid) is not { } process)
            return null;
        nint descriptor = SystemCall(PidfdOpen, pid, 0);
        if (descriptor < 0)
            return null;
        SafeFileHandle handle = new(descriptor, ownsHandle: true);
        // Between the two looks the id may have passed to another process.
        if (process.IsAlive)
            return new(handle, process);
        handle.Dispose();
        return null;
    }

    /// <summary>Reads how the process ended; null while it lives or is not reaped yet, and on kernels that do not tell.</summary>
    public ExitStatus? TryRead()
    {
        Span<byte> info = stackalloc byte[InfoBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(info, ExitBit);
        if (Control(handle, GetInfo, ref MemoryMarshal.GetReference(info)) != 0 || (BinaryPrimitives.ReadUInt64LittleEndian(info) & ExitBit) == 0)
            return null;
        // As from wait(2): the signal in the low seven bits, else the exit code in the second byte.
        int status = BinaryPrimitives.ReadInt32LittleEndian(info[ExitStatusOffset..]);
        int signal = status & 0x7F;
        return signal != 0 ? new(null, signal) : new((status >> 8) & 0xFF, null);
    }

    public void Dispose() => handle.Dispose();

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(SafeFileHandle descriptor, nuint request, ref byte argument);
}

internal sealed record SentSignal(string Command, Signal Signal);

/// <summary>How a server ended, as exactly as it is known; exit code and signal are null where they are not known.</summary>
internal sealed record ProcessEnd(int? ExitCode, int? Signal, bool BySignal, SentSignal? Sent, bool KilledForMemory, long? CapBytes)
{
    // Sent by the kernel for what the program itself did.
    private static readonly int[] Crashes = [4, 5, 6, 7, 8, 11, 31];

    /// <summary>Puts together what is known: Aspire's exit code (-1 for a death by signal), the kernel's record, what the lab had sent, the last reading of its group.</summary>
    public static ProcessEnd Of(int? reportedExitCode, ExitStatus? status, SentSignal? sent, MemoryReading? memory)
    {
        int? signal = status?.Signal;
        bool bySignal = status is null ? reportedExitCode == -1 : signal is not null;
        int? exitCode = bySignal ? null : status?.ExitCode ?? reportedExitCode;
        // The kernel's memory killer uses SIGKILL. Where the lab sent the same, the lab was it.
        bool couldBeMemory = bySignal && signal is null or (int)Processes.Signal.Kill && sent?.Signal != Processes.Signal.Kill;
        return new(exitCode, signal, bySignal, sent, couldBeMemory && memory?.OomKills > 0, memory?.CapBytes);
    }

    /// <summary>The end in words, to follow the server's name, without a full stop: e.g. <c>killed by SIGKILL from outside the lab</c>.</summary>
    public string Describe()
    {
        if (KilledForMemory)
            return "killed by the kernel's memory killer" + (CapBytes is { } cap ? $": its cap is {(cap / 1048576.0).ToString("0.#", CultureInfo.InvariantCulture)} MiB" : "");
        string? command = Sent is null ? null : $"`{Sent.Command}` of this lab ({ProcessSignals.Name((int)Sent.Signal)})";
        if (BySignal)
        {
            return (Signal, Sent) switch
            {
                ({ } signal, { } sent) when signal == (int)sent.Signal => $"killed by {command}",
                ({ } signal, { }) => $"killed by {ProcessSignals.Name(signal)} after {command}",
                ({ } signal, null) when Crashes.Contains(signal) => $"crashed with {ProcessSignals.Name(signal)}",
                ({ } signal, null) => $"killed by {ProcessSignals.Name(signal)} from outside the lab",
                (null, { Signal: Processes.Signal.Kill }) => $"killed by {command}",
                (null, { }) => $"killed by a signal after {command}",
                (null, null) => "killed by a signal from outside the lab (this kernel does not tell which)",
            };
        }

        return (ExitCode, Sent) switch
        {
            ({ } code, { }) => $"ended with exit code {code} after {command}",
            // 128 + 15 and so on: a program such as Java that handles the signal and then exits.
            ({ } code and (129 or 130 or 143), null) => $"ended with exit code {code}, as after {ProcessSignals.Name(code - 128)} from outside the lab",
            ({ } code, null) => $"ended by itself with exit code {code}",
            (null, { }) => $"ended after {command}; its exit code is not known",
            (null, null) => "ended; how is not known",
        };
    }
}
