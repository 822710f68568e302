using System.Diagnostics;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>One running process of the lab, in a process group of its own.</summary>
/// <remarks>
/// The process is held at a gate until the run file knows it: a host that is killed between the two leaves a process that sees its
/// standard input end and goes away, never one that nobody knows.
/// </remarks>
internal sealed class ServerProcess : IDisposable
{
    // $1 is the cgroup's file or empty; the rest is the command. setsid has made the group already.
    private const string Gate = """read -r go || exit 125; if [ -n "$1" ]; then echo $$ > "$1" || exit 126; fi; shift; exec "$@" < /dev/null""";

    private readonly Process _process;
    private readonly Task _output;

    private ServerProcess(Process process, long startTime, ServerLog log)
    {
        _process = process;
        Pid = process.Id;
        StartTime = startTime;
        _output = Task.WhenAll(CopyAsync(process.StandardOutput, log, isError: false), CopyAsync(process.StandardError, log, isError: true));
        Ended = WaitAsync();
    }

    /// <summary>Its process id, which is its group's too.</summary>
    public int Pid { get; }

    /// <summary>Its start in clock ticks since boot.</summary>
    public long StartTime { get; }

    /// <summary>Done when it has ended, with its exit code (128 + the signal where one ended it) and everything that it wrote in the log.</summary>
    public Task<int> Ended { get; }

    /// <summary>Starts a process.</summary>
    /// <param name="spec">How.</param>
    /// <param name="log">Where its output goes.</param>
    /// <param name="record">Writes its id and start time where a later host finds them; the process waits until this has returned.</param>
    /// <returns>The process.</returns>
    public static ServerProcess Start(LaunchSpec spec, ServerLog log, Action<int, long> record)
    {
        ProcessStartInfo info = new("setsid")
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])["/bin/sh", "-c", Gate, "sh", spec.CgroupProcsFile ?? "", .. spec.Wrapper, .. spec.Command])
            info.ArgumentList.Add(argument);
        foreach ((string name, string? value) in spec.Variables)
            info.Environment[name] = value;

        Process process = Process.Start(info) ?? throw new InvalidOperationException("The process did not start.");
        long startTime = ProcessTable.StartTime(process.Id) ?? 0;
        ServerProcess server = new(process, startTime, log);
        try
        {
            record(process.Id, startTime);
        }
        catch
        {
            // The gate sees the end of its standard input, and goes away.
            process.StandardInput.Close();
            throw;
        }

        try
        {
            process.StandardInput.WriteLine("go");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended at the gate already; Ended tells how.
        }

        return server;
    }

    public void Signal(Signal signal)
    {
        // Until setsid has made the group there is only the process itself, and a signal to nobody would leave it running for ever.
        if (!Ended.IsCompleted && !ProcessTable.SignalGroup(Pid, signal) && ProcessTable.IsAlive(Pid, StartTime))
            ProcessTable.SignalProcess(Pid, signal);
    }

    /// <summary>SIGTERM, and SIGKILL to the whole group when the grace is over or the token says that nobody waits any longer.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken hurry)
    {
        Signal(Processes.Signal.Terminate);
        // One that is paused cannot heed SIGTERM.
        Signal(Processes.Signal.Continue);
        try
        {
            await Ended.WaitAsync(grace, hurry);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            Signal(Processes.Signal.Kill);
            await Ended;
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();
        DiagnosticFiles.Remove(Pid, StartTime);
        // A grandchild that keeps the pipe open must not keep us: what it writes later is not waited for.
        await Task.WhenAny(_output, Task.Delay(TimeSpan.FromSeconds(2)));
        return _process.ExitCode;
    }

    private static async Task CopyAsync(StreamReader output, ServerLog log, bool isError)
    {
        try
        {
            await foreach (string line in BoundedLines.ReadAsync(output))
                log.Append(line, isError);
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or OperationCanceledException)
        {
            log.Append($"(the output of this process can no longer be read: {closed.Message})", isError: true);
        }
    }
}
