using System.Runtime.InteropServices;

namespace CdcLab.AppHost.Processes;

/// <summary>Ends the application in good order where it would otherwise live on or die at once: when the <c>dotnet run</c> that started it is killed alone, and on
/// SIGHUP (a terminal that is closed).</summary>
internal sealed partial class OrphanWatch(IHostApplicationLifetime lifetime, ILogger<OrphanWatch> log) : IDisposable
{
    private readonly int? _parent = ProcessTable.Parent(Environment.ProcessId);
    private PosixSignalRegistration? _hangup;
    private Timer? _timer;

    public void Start()
    {
        // Under nohup(1) the hangup is ignored, and stays so.
        if (_hangup is null && !HangupIsIgnored(File.ReadLines("/proc/self/status")))
        {
            _hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                Stop("SIGHUP");
            });
        }

        if (_parent is { } parent && IsDotnetRun(ProcessTable.CommandLine(parent)))
            _timer ??= new(_ => LookAtParent(parent), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    // The hangup stays caught until the end: a second one must not cut the orderly stop short.
    public void Dispose()
    {
        _timer?.Dispose();
        _hangup?.Dispose();
    }

    internal static bool IsDotnetRun(IReadOnlyList<string> commandLine) =>
        commandLine.Count > 1 && Path.GetFileName(commandLine[0]) == "dotnet" && commandLine.Skip(1).TakeWhile(a => a != "--").Any(a => a is "run" or "watch");

    // By the lines of /proc/PID/status.
    internal static bool HangupIsIgnored(IEnumerable<string> status) =>
        status.FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line && (Convert.ToUInt64(line[7..].Trim(), 16) & 1) != 0;

    private void LookAtParent(int parent)
    {
        // The kernel gives an orphan another parent.
        if (ProcessTable.Parent(Environment.ProcessId) == parent)
            return;
        _timer?.Dispose();
        Stop("the end of the `dotnet run` that started this application");
    }

    private void Stop(string reason)
    {
        Stopping(log, reason);
        lifetime.StopApplication();
    }

    [LoggerMessage(700, LogLevel.Warning, "Stopping: {Reason}.")]
    private static partial void Stopping(ILogger log, string reason);
}
