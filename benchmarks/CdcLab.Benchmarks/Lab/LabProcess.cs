using CdcLab.Clients.Market;
using CdcLab.Clients.Verifier;
using CdcLab.Model.Reports;

namespace CdcLab.Benchmarks.Lab;

/// <summary>One run of the AppHost as a process.</summary>
internal sealed class LabProcess : IAsyncDisposable
{
    // "The lab is up after 18 s: ..." or, where something is not ok, "The lab is not whole after ...".
    private const string UpLine = "The lab is ";

    // The AppHost lists the dashboard among its resources; it is no server of the lab.
    private const string Dashboard = "aspire-dashboard";
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PidLimit = TimeSpan.FromSeconds(30);
    private static readonly string[] Resources =
    [
        ResourceNames.MySql, ResourceNames.ZooKeeper, ResourceNames.Broker(1), ResourceNames.Broker(2), ResourceNames.Broker(3),
        ResourceNames.OrderSimulator, ResourceNames.Verifier,
    ];

    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);

    private readonly Workplace _place;
    private readonly Process _process;
    private readonly List<(TimeSpan At, string Text)> _lines = [];
    private readonly TaskCompletionSource<TimeSpan> _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _start;

    private LabProcess(Workplace place, string folder, ProcessStartInfo start)
    {
        (_place, Folder) = (place, folder);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _start = Stopwatch.GetTimestamp();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Verifier = new(new Uri($"http://127.0.0.1:{place.PortBase + 3}"), token: null);
    }

    public int Pid => _process.Id;

    /// <summary>Its data directory.</summary>
    public string Folder { get; }

    public VerifierClient Verifier { get; }

    /// <summary>From the start of the process until every server and service is healthy and every check of the verifier is ok.</summary>
    public TimeSpan TookToStart { get; private set; }

    /// <summary>What it has written, with the time since its start.</summary>
    public IReadOnlyList<(TimeSpan At, string Text)> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    private string Output => string.Join('\n', Lines.Select(l => l.Text));

    /// <summary>Starts a lab and waits until it is up.</summary>
    public static async Task<LabProcess> StartAsync(Workplace place, string name, ProcessStartInfo start, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(place.Folder, name);
        foreach (string setting in (string[])[$"--Lab:PortBase={place.PortBase}", $"--Lab:DataDirectory={folder}", "--Lab:Runtime=process"])
            start.ArgumentList.Add(setting);
        LabProcess lab = new(place, folder, start);
        try
        {
            Task first = await Task.WhenAny(lab._up.Task, lab._process.WaitForExitAsync(cancellationToken)).WaitAsync(StartLimit, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (first != lab._up.Task)
                throw new BenchmarkException($"The lab did not start. Its output:\n{lab.Output}");
            lab.TookToStart = await lab._up.Task;
            // The line comes, too, when something is not ok: then what counts is when it is.
            while (await lab.Verifier.ReportAsync(cancellationToken) is { IsAllOk: false })
            {
                await Task.Delay(100, cancellationToken);
                lab.TookToStart = Stopwatch.GetElapsedTime(lab._start);
                if (lab.TookToStart > StartLimit)
                    throw new BenchmarkException($"Not every check is ok {StartLimit.TotalMinutes:0} minutes after the start. The lab's output:\n{lab.Output}");
            }

            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process of a server or service.</summary>
    public async Task<int> PidAsync(string resource, CancellationToken cancellationToken) => (await PidsAsync(cancellationToken))[resource];

    /// <summary>The processes of all servers and services.</summary>
    public async Task<IReadOnlyDictionary<string, int>> PidsAsync(CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            LabReport report = await Verifier.ReportAsync(cancellationToken);
            Dictionary<string, int> pids = (report.Figures?.Resources ?? [])
                .Where(r => r.Pid is not null && r.Name != Dashboard)
                .ToDictionary(r => r.Name, r => r.Pid!.Value);
            // The AppHost's figures come every few seconds, and a moment later than the verdicts.
            string[] missing = [.. Resources.Where(r => !pids.ContainsKey(r))];
            if (missing.Length == 0)
                return pids;
            if (Stopwatch.GetElapsedTime(begin) > PidLimit)
                throw new BenchmarkException($"The AppHost tells no process of {string.Join(", ", missing)}.");
            await Task.Delay(500, cancellationToken);
        }
    }

    /// <summary>A secret of the lab, e.g. <c>Simulator</c>.</summary>
    public string Secret(string name)
    {
        using System.Text.Json.JsonDocument secrets = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "secrets.json")));
        return secrets.RootElement.EnumerateObject().First(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)).Value.GetString()!;
    }

    /// <summary>A client of the order simulator.</summary>
    public MarketClient Market() => new(new Uri($"http://127.0.0.1:{_place.PortBase + 7}"), Secret("Token"));

    /// <summary>Ends the lab by a signal to the AppHost.</summary>
    /// <returns>From the signal until no process, listener, control group or temporary file is left.</returns>
    public async Task<TimeSpan> StopAsync(string signal, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        Proc.Signal(Pid, signal);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(StopLimit, cancellationToken);
        while (_place.Left(Folder) is { Count: > 0 } left)
        {
            if (Stopwatch.GetElapsedTime(begin) > StopLimit)
                throw new BenchmarkException($"Left {StopLimit.TotalSeconds:0} s after SIG{signal}: {string.Join("; ", left)}.");
            await Task.Delay(50, cancellationToken);
        }

        TimeSpan took = Stopwatch.GetElapsedTime(begin);
        return _process.ExitCode == 0
            ? took
            : throw new BenchmarkException($"The AppHost ended with exit code {_process.ExitCode} after SIG{signal}. Its output:\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Proc.Signal(Pid, "TERM");
            using CancellationTokenSource limit = new(StopLimit);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Verifier.Dispose();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        TimeSpan at = Stopwatch.GetElapsedTime(_start);
        lock (_lines)
            _lines.Add((at, line));
        if (line.StartsWith(UpLine, StringComparison.Ordinal))
            _up.TrySetResult(at);
    }
}
