namespace CdcLab.AppHost.Processes;

/// <summary>A signal that a command of the lab sent to a server.</summary>
/// <param name="Command">The command, e.g. <c>kill</c>.</param>
/// <param name="Signal">The signal.</param>
internal sealed record SentSignal(string Command, Signal Signal);

/// <summary>How a server ended, as exactly as it is known.</summary>
/// <param name="ExitCode">The exit code; null when a signal ended it, or when it is not known.</param>
/// <param name="Signal">The signal that ended it; null when none did, or when it is not known.</param>
/// <param name="BySignal">Whether a signal ended it.</param>
/// <param name="Sent">The last signal that the lab had sent to end it; null for none.</param>
/// <param name="KilledForMemory">Whether the kernel killed it for its memory cap.</param>
/// <param name="CapBytes">Its memory cap; null when not known.</param>
internal sealed record ProcessEnd(int? ExitCode, int? Signal, bool BySignal, SentSignal? Sent, bool KilledForMemory, long? CapBytes)
{
    // Sent by the kernel for what the program itself did.
    private static readonly int[] Crashes = [4, 5, 6, 7, 8, 11, 31];

    /// <summary>Puts together what is known.</summary>
    /// <param name="reportedExitCode">Aspire's exit code: -1 for a death by signal, null for none.</param>
    /// <param name="status">The kernel's record; null where there is none.</param>
    /// <param name="sent">What the lab had sent to this start of the server.</param>
    /// <param name="memory">The last reading of its group.</param>
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
