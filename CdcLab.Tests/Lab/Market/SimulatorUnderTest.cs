using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using CdcLab.Clients.Market;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using MySqlConnector;
using Xunit;

namespace CdcLab.Tests.Lab.Market;

/// <summary>The order simulator as a process of its own, handed over to as a host does it. It can be killed and started again on the same ledger.</summary>
public sealed class SimulatorUnderTest : IAsyncDisposable
{
    public const string Token = "the lab's token";

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cdclab-simulator-{Guid.NewGuid():N}");
    private readonly ServiceHandover _handover;
    private readonly MarketClient _client;
    private Process? _process;

    public SimulatorUnderTest(int mySqlPort, string password, SimulatorOptions options)
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        _handover = new()
        {
            Options = new LabOptions { Simulator = options },
            Ports = LabPorts.From(0) with { MySql = mySqlPort, Simulator = port, Control = 1 },
            Abilities = new("embedded", "MySQL", "Kafka", CapsEnforced: false, []),
            Token = Token,
            DataDirectory = _folder,
            SimulatorPassword = password,
        };
        _client = new(port, Token, Deadline.OnABusyMachine(TimeSpan.FromSeconds(5)));
    }

    /// <summary>Where its ledger lies.</summary>
    public string LedgerPath => LedgerFolder.In(_folder);

    /// <summary>Its API.</summary>
    public MarketClient Client => _client;

    /// <summary>Everything it wrote.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Starts it, again or for the first time, and waits until its API answers.</summary>
    public async Task StartAsync()
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "CdcLab.OrderSimulator.dll")]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach ((string name, string value) in _handover.ToVariables())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until("the API answers", TimeSpan.FromSeconds(20), _ => true);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>Exit code and how long it took to end.</returns>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync()
    {
        Stopwatch took = Stopwatch.StartNew();
        using Process kill = Process.Start("kill", ["-TERM", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Deadline.OnABusyMachine(TimeSpan.FromSeconds(20)));
        return (_process.ExitCode, took.Elapsed);
    }

    /// <summary>Waits until the market is as it should be; says what it last was when it does not become so.</summary>
    public async Task<MarketState> Until(string what, TimeSpan limit, Func<MarketState, bool> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        string last = "no answer";
        limit = Deadline.OnABusyMachine(limit);
        while (waited.Elapsed < limit)
        {
            try
            {
                MarketState state = await _client.StateAsync(TestContext.Current.CancellationToken);
                if (condition(state))
                    return state;
                last = state.ToString();
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
            {
                last = e.Message;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"Not within {limit.TotalSeconds} s: {what}. Last seen: {last}\n{string.Join('\n', _lines)}");
        throw new UnreachableException();
    }

    /// <summary>Places no more orders and waits until none is open.</summary>
    public async Task<MarketState> ComeToRestAsync()
    {
        await _client.PauseAsync(TestContext.Current.CancellationToken);
        return await Until("every order came to its end", TimeSpan.FromSeconds(60), s => s.Open == 0);
    }

    /// <summary>Compares its ledger with the database.</summary>
    public async Task<LedgerAuditReport> AuditAsync(MySqlServerUnderTest mysql)
    {
        await using MySqlConnection root = await mysql.RootAsync();
        LedgerAuditReport report = await LedgerAudit.RunAsync(root, LedgerPath, TestContext.Current.CancellationToken);
        Assert.True(report.IsClean, $"{report}\n{string.Join('\n', _lines)}");
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        _client.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }
}
