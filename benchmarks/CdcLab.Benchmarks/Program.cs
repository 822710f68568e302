using System.CommandLine;
using CdcLab.Benchmarks;

Dictionary<string, (string Description, Func<Workplace, CancellationToken, Task<IReadOnlyList<Result>>> Measure)> parts = new()
{
    ["cold"] = ("Clone, restore, build, fetch, start: everything fresh.", ColdStart.MeasureAsync),
    ["start"] = ("Warm start against a plain shell script.", WarmStart.MeasureAsync),
    ["stop"] = ("SIGINT or SIGTERM to nothing left.", StopTime.MeasureAsync),
    ["memory"] = ("AppHost and dashboard with a page open; order simulator and verifier.", Memory.MeasureAsync),
    ["market"] = ("Order simulator against mysqlslap.", MarketRate.MeasureAsync),
    ["changes"] = ("Change data capture with Debezium (DEBEZIUM_HOME).", Changes.MeasureAsync),
    ["probe"] = ("Latency probe against a bare librdkafka loop.", ProbeLatency.MeasureAsync),
};
Option<int> turns = new("--turns") { Description = "How often each pair is measured.", DefaultValueFactory = _ => 5, Recursive = true };
Option<int> portBase = new("--port-base") { Description = "First port of the measured labs' block.", DefaultValueFactory = _ => 25_000, Recursive = true };
Option<string?> markdown = new("--markdown") { Description = "A Markdown file whose table is to have the results.", Recursive = true };
turns.Validators.Add(r =>
{
    if (r.GetValueOrDefault<int>() < 1)
        r.AddError("--turns must be 1 or more.");
});
RootCommand root = new("Measures what the lab promises, on labs of its own. Exit code 0: every target met; 1: not; 2: something could not be measured.")
{
    turns, portBase, markdown,
};
root.Add(Part("all", "Everything.", [.. parts.Keys]));
foreach ((string name, (string description, _)) in parts)
    root.Add(Part(name, description, [name]));
return await root.Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = TimeSpan.FromMinutes(3) });

Command Part(string name, string description, string[] measured)
{
    Command command = new(name, description);
    command.SetAction((parsed, cancellationToken) =>
        RunAsync(measured, parsed.GetValue(portBase), parsed.GetValue(turns), parsed.GetValue(markdown), cancellationToken));
    return command;
}

async Task<int> RunAsync(string[] measured, int portBase, int turns, string? markdown, CancellationToken cancellationToken)
{
    await using Workplace place = new(portBase, turns);
    string load = Result.Load();
    List<Result> results = [];
    bool whole = true;
    foreach (string name in measured)
    {
        try
        {
            place.Say($"{name} ...");
            results.AddRange(await parts[name].Measure(place, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 2;
        }
        catch (Exception failed)
        {
            // The other numbers are worth their time all the same.
            await Console.Error.WriteLineAsync(failed is BenchmarkException ? failed.Message : failed.ToString());
            whole = false;
        }
    }

    Result.Print(results);
    Console.WriteLine($"{Result.Machine()}. Load average {load} before, {Result.Load()} after.");
    if (markdown is not null)
        Result.WriteMarkdown(markdown, results);
    return !whole ? 2 : results.All(r => r.Met != false) ? 0 : 1;
}
