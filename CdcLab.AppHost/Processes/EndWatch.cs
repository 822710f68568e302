using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CdcLab.AppHost.Processes;

/// <summary>How the kernel recorded the end of a process: an exit code or a signal.</summary>
/// <param name="ExitCode">The exit code; null when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; null when it exited.</param>
internal sealed record ExitStatus(int? ExitCode, int? Signal);

/// <summary>Learns the exact end of a process that is not a child of this one. Aspire's orchestrator, its parent, reports any death by signal as exit code -1.</summary>
/// <remarks>A pidfd opened while the process lives keeps its exit status after it was reaped: ioctl <c>PIDFD_GET_INFO</c> with <c>PIDFD_INFO_EXIT</c>, Linux 6.15 and
/// later, no privilege needed. On an older kernel the status stays unknown.</remarks>
internal sealed partial class EndWatch : IDisposable
{
    private const int PidfdOpen = 434;
    private const nuint GetInfo = 0xC040FF0B;
    private const ulong ExitBit = 1 << 3;
    private const int InfoBytes = 64;
    private const int ExitStatusOffset = 60;
    private readonly SafeFileHandle _handle;

    private EndWatch(SafeFileHandle handle, ProcessIdentity process)
    {
        _handle = handle;
        Process = process;
    }

    /// <summary>The process that is watched.</summary>
    public ProcessIdentity Process { get; }

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
        if (Control(_handle, GetInfo, ref MemoryMarshal.GetReference(info)) != 0 || (BinaryPrimitives.ReadUInt64LittleEndian(info) & ExitBit) == 0)
            return null;
        // As from wait(2): the signal in the low seven bits, else the exit code in the second byte.
        int status = BinaryPrimitives.ReadInt32LittleEndian(info[ExitStatusOffset..]);
        int signal = status & 0x7F;
        return signal != 0 ? new(null, signal) : new((status >> 8) & 0xFF, null);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(SafeFileHandle descriptor, nuint request, ref byte argument);
}
