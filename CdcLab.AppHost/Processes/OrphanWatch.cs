using System.Runtime.InteropServices;

namespace CdcLab.AppHost.Processes;

/// <summary>Ends the application in good order where it would otherwise live on or die at once: when the <c>dotnet run</c> that started it is killed alone, and on
/// SIGHUP (a terminal that is closed).</summary>
/// <param name="lifetime">Ends the application.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class OrphanWatch(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<OrphanWatch> log) : IHostedLifecycleService, IDisposable
{
    private readonly int? _parent = ProcessTable.Parent(Environment.ProcessId);
    private PosixSignalRegistration? _hangup;
    private ITimer? _timer;

    // Before the start of the servers: StartAsync of the others lasts until all of them are up.
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // Under nohup(1) the hangup is ignored, and stays so.
        if (!HangupIsIgnored(File.ReadLines("/proc/self/status")))
        {
            _hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                Stop("SIGHUP");
            });
        }

        if (_parent is { } parent && IsDotnetRun(ProcessTable.CommandLine(parent)))
            _timer = time.CreateTimer(_ => LookAtParent(parent), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The hangup stays caught until the end: a second one must not cut the orderly stop short.
    public void Dispose()
    {
        _timer?.Dispose();
        _hangup?.Dispose();
    }

    /// <summary>Whether a command line is that of <c>dotnet run</c>.</summary>
    internal static bool IsDotnetRun(IReadOnlyList<string> commandLine) =>
        commandLine.Count > 1 && Path.GetFileName(commandLine[0]) == "dotnet" && commandLine.Skip(1).TakeWhile(a => a != "--").Any(a => a is "run" or "watch");

    /// <summary>Whether SIGHUP is ignored, by the lines of <c>/proc/PID/status</c>.</summary>
    internal static bool HangupIsIgnored(IEnumerable<string> status) =>
        status.FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
        && (ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & 1) != 0;

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
