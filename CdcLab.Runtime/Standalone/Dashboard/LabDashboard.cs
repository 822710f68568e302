using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CdcLab.Model;
using CdcLab.Runtime.Live;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Memory;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>
/// The Aspire dashboard of a lab: found or fetched, fed, started, kept running, and stopped with the lab. Nothing waits for it and nothing needs it: whatever goes wrong with
/// it is one line for people.
/// </summary>
internal sealed class LabDashboard : IAsyncDisposable
{
    /// <summary>Its name in the run file, and its log's.</summary>
    public const string Name = "dashboard";

    // The dashboard's own exit code.
    private const int PortInUse = 102;

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    // Its watcher of resources never comes back once our service was away for some seconds; one that will come back does so sooner.
    private static readonly TimeSpan AbsenceLimit = TimeSpan.FromSeconds(10);

    private readonly LabModel _model;
    private readonly LabSecrets _secrets;
    private readonly DataDirectory _directory;
    private readonly RunFile _runFile;
    private readonly ILabEvents _events;
    private readonly ServerLog _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = ProbeTimeout };
    private Task _running = Task.CompletedTask;
    private volatile ServerProcess? _process;
    private volatile bool _isUp;
    private volatile string? _because;
    private bool _linkTold;

    public LabDashboard(LabPlan plan, LabSecrets secrets, RunFile runFile, ILabEvents events)
    {
        (_model, _secrets, _directory, _runFile, _events) = (plan.Model, secrets, plan.Directory, runFile, events);
        _log = new(Path.Combine(_directory.Folder("logs"), Name + ".log"));
    }

    /// <summary>How it is now.</summary>
    public DashboardStatus Status
    {
        get
        {
            int? pid = _process is { Ended.IsCompleted: false } process ? process.Pid : null;
            return new(DashboardLink.WithLogin(_model, _secrets), _isUp, pid, pid is { } running ? ProcessMemory.Read(running) : null, _because);
        }
    }

    /// <summary>Begins to find and start it; returns at once.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="lab">What it shows.</param>
    public void Begin(DashboardSource source, ServedLab lab) => _running = RunAsync(source, lab, _stop.Token);

    /// <summary>Ends it, and what feeds it.</summary>
    /// <returns>A task that is done when its process is gone.</returns>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _http.Dispose();
        _log.Dispose();
    }

    private async Task RunAsync(DashboardSource source, ServedLab lab, CancellationToken cancellationToken)
    {
        // What calls this is the start of the lab, which does not wait.
        await Task.Yield();
        try
        {
            await using ResourceServiceHost service = await ResourceServiceHost.StartAsync(lab, _secrets.DashboardServiceKey, cancellationToken);
            DashboardInstallation installation = await source.FindAsync(_events, cancellationToken);
            await KeepRunningAsync(installation, service, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The lab is being stopped.
        }
        catch (UnavailableException unavailable)
        {
            GiveUp(unavailable.Message);
        }
        catch (Exception unexpected)
        {
            GiveUp($"unexpected, please report it: {unexpected.GetType().Name}: {unexpected.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task KeepRunningAsync(DashboardInstallation installation, ResourceServiceHost service, CancellationToken cancellationToken)
    {
        RestartPauses pauses = new();
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            string why = WhyPortTaken() ?? await RunOnceAsync(installation, service, cancellationToken);
            (TimeSpan pause, bool isNews) = pauses.After(Stopwatch.GetElapsedTime(start), why);
            _because = why;
            if (isNews && !cancellationToken.IsCancellationRequested)
                _events.Say($"dashboard: {why}; it is tried again");
            await Task.Delay(pause, cancellationToken);
        }
    }

    /// <summary>Starts it and returns when it has ended.</summary>
    /// <returns>Why it ended.</returns>
    private async Task<string> RunOnceAsync(DashboardInstallation installation, ResourceServiceHost service, CancellationToken cancellationToken)
    {
        service.Streams.Forget();
        LaunchSpec spec = DashboardLaunch.Of(installation, _model, _secrets, _directory, service.Url);
        using ServerProcess process = ServerProcess.Start(spec, _log, (pid, startTime) => _runFile.Add(Name, pid, startTime));
        _process = process;
        try
        {
            if (!await AnswersAsync(process, cancellationToken))
                return process.Ended.IsCompleted ? Describe(await process.Ended) : $"it did not answer within {AnswerLimit.TotalMinutes:0} minutes";
            (_isUp, _because) = (true, null);
            _events.Say(_linkTold
                ? $"{Name,-16} running again"
                : $"{Name,-16} running{(installation.Version is { } version ? $", version {version}" : "")} ({installation.Origin}): {DashboardLink.WithLogin(_model, _secrets)}");
            _linkTold = true;
            while (!process.Ended.IsCompleted)
            {
                if (service.Streams.AbsentFor > AbsenceLimit)
                    return "it had lost the lab and did not find it again";
                await Task.WhenAny(process.Ended, Task.Delay(1000, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }

            return Describe(await process.Ended);
        }
        finally
        {
            _isUp = false;
            await process.StopAsync(StopGrace, CancellationToken.None);
            _runFile.Remove(process.Pid);
        }
    }

    private async Task<bool> AnswersAsync(ServerProcess process, CancellationToken cancellationToken)
    {
        Uri login = new(DashboardLink.Page(_model), "login");
        long start = Stopwatch.GetTimestamp();
        while (!process.Ended.IsCompleted && Stopwatch.GetElapsedTime(start) < AnswerLimit)
        {
            try
            {
                using HttpResponseMessage response = await _http.GetAsync(login, cancellationToken);
                if (response.IsSuccessStatusCode && !process.Ended.IsCompleted)
                    return true;
            }
            catch (Exception notYet) when (notYet is HttpRequestException || (notYet is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // It does not listen yet, or takes its time.
            }

            await Task.WhenAny(process.Ended, Task.Delay(100, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return false;
    }

    private string? WhyPortTaken()
    {
        (int Port, string Address, string Setting)[] wanted =
        [
            (_model.DashboardPort, _model.Options.BindAddress, "Lab:Dashboard:Port"),
            (_model.Ports.DashboardOtlp, "127.0.0.1", "Lab:PortBase"),
        ];
        foreach ((int port, string address, string setting) in wanted)
        {
            if (FreePorts.WhyTaken(IPAddress.Parse(address), port) is { } error)
                return $"its port {port} {(error == SocketError.AddressAlreadyInUse ? $"is taken{(PortOwner.Find(port) is { } who ? $" by {who}" : "")}" : $"cannot be had ({error})")}: end what has it, or set {setting}";
        }

        return null;
    }

    private string Describe(int exitCode)
    {
        if (exitCode > 128)
            return $"it was ended by signal {exitCode - 128}";
        if (exitCode == PortInUse)
            return "one of its ports was taken while it started";
        string last = _log.Tail(20).LastOrDefault(l => !string.IsNullOrWhiteSpace(l))?.Trim() ?? "";
        return $"it ended by itself with exit code {exitCode}{(last.Length > 0 ? $" ({last})" : "")}";
    }

    private void GiveUp(string why)
    {
        _because = why;
        _events.Say($"dashboard: there is none: {why}");
    }
}
