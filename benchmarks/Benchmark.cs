using System.Diagnostics;
using System.Globalization;
using CdcLab.Benchmarks.Figures;
using CdcLab.Benchmarks.Labs;
using CdcLab.Benchmarks.Market;
using CdcLab.Benchmarks.Probes;
using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Benchmarks;

/// <summary>The whole run: labs of its own, one after the other, in one temporary folder.</summary>
internal sealed class Benchmark : IDisposable
{
    private const string Start = "start";
    private const string Idle = "idle";
    private const string Trade = "market";
    private const string Probing = "probe";

    // No dashboard anywhere: it is a program of its own, and its own figures stand beside.
    private static readonly string[] Quiet = ["--Lab:Dashboard:Enabled=false", "--Lab:Simulator:OrdersPerSecond=0", "--Lab:Verifier:ProbeInterval=1s"];

    private readonly bool _quick;
    private readonly string[] _parts;
    private readonly LabSite _site;
    private readonly List<Row> _rows = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _left = [];
    private readonly Samples _stops = new();
    private readonly long _begin = Stopwatch.GetTimestamp();

    public Benchmark(bool quick, string[] parts, int? portBase)
    {
        (_quick, _parts) = (quick, parts);
        _site = new(portBase ?? FreePorts.Base());
    }

    /// <summary>What can be measured alone.</summary>
    public static string[] Parts => [Start, Idle, Trade, Probing];

    private int Repetitions => _quick ? 1 : 3;

    /// <summary>Measures.</summary>
    /// <returns>The table, and whether every target was met.</returns>
    public async Task<(string Table, bool Met)> RunAsync(CancellationToken cancellationToken)
    {
        _notes.Add($"{DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm} UTC, {Machine.Describe()}.");
        string load = Machine.Load();
        if (_parts.Contains(Start))
            await StartsAsync(cancellationToken);
        if (_parts.Contains(Idle) || _parts.Contains(Trade))
            await QuietLabAsync(cancellationToken);
        if (_parts.Contains(Probing))
            await ProbeAsync(cancellationToken);
        _rows.Insert(_parts.Contains(Start) ? 2 : 0, new("whole lab stopped", _stops.Text("0.0", " s"), "", "", "under 20 s, nothing left", _stops.Worst < 20 && _left.Count == 0, $"{_stops.Count}"));
        _notes.Add(_left.Count == 0 ? "Left after the stops: no process, no control group, no temporary file." : "Left after the stops: " + string.Join("; ", _left) + ".");
        _notes.Add($"The machine's load was {load} before and is {Machine.Load()} after; the whole run took {Stopwatch.GetElapsedTime(_begin).TotalMinutes:0.0} minutes{(_quick ? " (--quick)" : "")}.");
        return (ResultTable.Write(_rows, _notes), _rows.All(r => r.Met != false));
    }

    /// <inheritdoc/>
    public void Dispose() => _site.Dispose();

    private async Task StartsAsync(CancellationToken cancellationToken)
    {
        _site.UseEmptyCache();
        PlainStart plain;
        TimeSpan cold;
        using (LabRun first = await StartLabAsync("cold start", Quiet, cancellationToken))
        {
            cold = first.TookToStart;
            plain = PlainStart.From(_site, first.Record);
            _notes.Add($"Cold: {first.Programs} Fetched: {Fetched()}.");
            await StopAsync(first, cancellationToken);
        }

        Samples warm = new(), slowest = new();
        Dictionary<string, Samples> chains = new(StringComparer.Ordinal);
        for (int i = 0; i < Repetitions; i++)
        {
            using (LabRun lab = await StartLabAsync("warm start", ["--Lab:Dashboard:Enabled=false"], cancellationToken))
            {
                warm.Add(lab.TookToStart.TotalSeconds);
                await StopAsync(lab, cancellationToken);
            }

            IReadOnlyDictionary<string, TimeSpan> took = await plain.RunAsync(cancellationToken);
            slowest.Add(took.Values.Max().TotalSeconds);
            Say($"plain script: slowest chain {took.Values.Max().TotalSeconds:0.0} s");
            foreach ((string name, TimeSpan time) in took)
            {
                chains.TryAdd(name, new());
                chains[name].Add(time.TotalSeconds);
            }
        }

        Samples ratio = warm.Against(slowest);
        _rows.Add(new("cold cache to all healthy", $"{cold.TotalSeconds:0.0} s", "", "", "under 90 s", cold.TotalSeconds < 90, "1"));
        _rows.Add(new("warm start to all healthy, services included", warm.Text("0.0", " s"), "plain script, slowest chain of the servers: " + slowest.Text("0.0", " s"), ratio.Text("0.00"), "under 15 s, at most 1.3", ratio.Median <= 1.3 && warm.Median < 15, $"{warm.Count} pairs"));
        _notes.Add("Chains of the plain script, from its begin: " + string.Join(", ", chains.Select(c => $"{c.Key} {c.Value.Median.ToString("0.0", CultureInfo.InvariantCulture)} s")) + ".");
    }

    private async Task QuietLabAsync(CancellationToken cancellationToken)
    {
        using LabRun lab = await StartLabAsync("quiet lab", Quiet, cancellationToken);
        RunRecord run = lab.Record;
        if (_parts.Contains(Idle))
            await FootprintAsync(lab, run, cancellationToken);
        if (_parts.Contains(Trade))
            await MarketAsync(run, cancellationToken);
        await StopAsync(lab, cancellationToken);
    }

    private async Task FootprintAsync(LabRun lab, RunRecord run, CancellationToken cancellationToken)
    {
        // What a start leaves to be done (tiered compilation, first rounds of checks) is not what is asked for.
        // A loop that turns once a second has turned often enough for that after a minute.
        await Task.Delay(TimeSpan.FromSeconds(_quick ? 10 : 75), cancellationToken);
        Dictionary<string, int> processes = new(StringComparer.Ordinal)
        {
            ["AppHost"] = lab.Pid,
            [ResourceNames.OrderSimulator] = Pid(run, ResourceNames.OrderSimulator),
            [ResourceNames.Verifier] = Pid(run, ResourceNames.Verifier),
        };
        TimeSpan window = TimeSpan.FromSeconds(_quick ? 20 : 60);
        Footprint footprint = await Footprint.MeasureAsync(processes, window, cancellationToken);
        Say($"idle: {footprint.Each}");
        _rows.Add(new("AppHost, simulator and verifier at rest: memory", footprint.Resident.Text("0", " MB"), "", "", "under 350 MB", footprint.Resident.Worst < 350, $"{footprint.Resident.Count} s"));
        _rows.Add(new("AppHost, simulator and verifier at rest: processor", string.Create(CultureInfo.InvariantCulture, $"{100 * footprint.Cores:0.0} % of a core"), "", "", "under 3 %", footprint.Cores < 0.03, $"{window.TotalSeconds:0} s"));
        _notes.Add($"At rest (simulator paused, a probe a second, no dashboard): {footprint.Each}.");
    }

    private async Task MarketAsync(RunRecord run, CancellationToken cancellationToken)
    {
        int connections = new SimulatorOptions().Workers;
        Slap slap = Slap.Beside(Pid(run, ResourceNames.MySql)) ?? throw new BenchmarkException("There is no mysqlslap: neither beside the server nor on PATH (mariadb-slap would do).");
        LabSecrets secrets = LabSecrets.Read(_site.Data);
        MarketRace race = new(run, secrets, slap, connections, TimeSpan.FromSeconds(_quick ? 5 : 8));
        for (int i = 0; i < Repetitions; i++)
            await race.RunAsync(_site.Scratch("slap"), cancellationToken);
        Say($"market: {race.Simulator.Text("0", "/s")} against {slap.Name} {race.Single.Text("0", "/s")}, batched {race.Batched.Text("0", "/s")}");
        Against(race.Single, "one round trip a statement, as it is commonly run");
        Against(race.Batched, "two round trips a transaction, as the simulator");
        _notes.Add(string.Create(CultureInfo.InvariantCulture, $"Executions for each order in that race: simulator {race.Mix.Simulator.Median:0.00}, {slap.Name} {race.Mix.Slap.Median:0.00}."));

        void Against(Samples peer, string way)
        {
            Samples ratio = race.Simulator.Against(peer);
            _rows.Add(new($"order simulator, unthrottled, {connections} connections", race.Simulator.Text("0", " transactions/s"), $"{slap.Name}, {way}: {peer.Text("0", " transactions/s")}", ratio.Text("0.00"), "at least 0.9", ratio.Median >= 0.9, $"{ratio.Count} pairs"));
        }
    }

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using LabRun lab = await StartLabAsync("probing lab", ["--Lab:Dashboard:Enabled=false", "--Lab:Simulator:OrdersPerSecond=0", "--Lab:Verifier:ProbeInterval=10ms"], cancellationToken);
        ProbeRace race = new(lab.Record);
        await race.RunAsync(_quick ? 1 : 3, cancellationToken);
        Samples ratio = race.Probe.Against(race.Loop);
        Say($"probe: p50 {race.Probe.Text("0.00", " ms")} against {race.Loop.Text("0.00", " ms")}");
        _rows.Add(new("probe, produce to consume, p50 at 100 messages/s", race.Probe.Text("0.00", " ms"), "bare librdkafka loop: " + race.Loop.Text("0.00", " ms"), ratio.Text("0.00"), "at most 1.1", ratio.Median <= 1.1, $"{ratio.Count} pairs of {race.Messages} messages"));
        await StopAsync(lab, cancellationToken);
    }

    private async Task<LabRun> StartLabAsync(string what, string[] settings, CancellationToken cancellationToken)
    {
        LabRun lab = await LabRun.StartAsync(_site, settings, cancellationToken);
        Say($"{what}: {lab.TookToStart.TotalSeconds:0.0} s");
        return lab;
    }

    private async Task StopAsync(LabRun lab, CancellationToken cancellationToken)
    {
        TimeSpan took = await lab.StopAsync(cancellationToken);
        _stops.Add(took.TotalSeconds);
        _left.AddRange(_site.Leftovers());
        Say($"stopped: {took.TotalSeconds:0.0} s");
    }

    private string Fetched() => string.Join(", ", Directory.Exists(Path.Combine(_site.Cache!, "cdclab"))
        ? Directory.EnumerateDirectories(Path.Combine(_site.Cache!, "cdclab")).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        : []);

    private static int Pid(RunRecord run, string name) =>
        run.Processes.FirstOrDefault(p => p.Name == name)?.Pid ?? throw new BenchmarkException($"{name} does not run.");

    private void Say(string text) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_begin).TotalSeconds,6:0} s  {text}"));
}
