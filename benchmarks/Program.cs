using System.CommandLine;
using CdcLab.Benchmarks;

Option<bool> quick = new("--quick") { Description = "One repetition of each, short windows: a look, not a result." };
Option<string?> report = new("--report") { Description = "Writes the table to this file, too." };
Option<int?> portBase = new("--port-base") { Description = "First port of the measured labs; by default a free block." };
Option<string[]> only = new("--only") { Description = "Only these parts: " + string.Join(", ", Benchmark.Parts) + ".", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong(Benchmark.Parts);
RootCommand root = new("Measures the lab's numbers, each as a ratio against its peer in the same run. Exit code 0: every target met; 1: not; 2: could not be measured.") { quick, report, portBase, only };
root.SetAction(async (parsed, cancellationToken) =>
{
    try
    {
        using Benchmark benchmark = new(parsed.GetValue(quick), parsed.GetValue(only) is { Length: > 0 } parts ? parts : Benchmark.Parts, parsed.GetValue(portBase));
        (string table, bool met) = await benchmark.RunAsync(cancellationToken);
        Console.WriteLine();
        Console.Write(table);
        if (parsed.GetValue(report) is { } file)
            await File.WriteAllTextAsync(file, table, cancellationToken);
        return met ? 0 : 1;
    }
    catch (BenchmarkException e)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
});
return await root.Parse(args).InvokeAsync();
