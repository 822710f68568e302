namespace CdcLab.Benchmarks;

/// <summary>A lab whose programs and data are there already, against a plain shell script that starts the same servers, in turns. The script waits for the
/// least that a person would: MySQL's and the brokers' own lines that they are ready.</summary>
internal static class WarmStart
{
    private const double Target = 1.15;
    private const string Data = "warm";
    private static readonly string[] Servers = [ResourceNames.MySql, ResourceNames.ZooKeeper, "kafka-"];
    private static readonly TimeSpan ScriptLimit = TimeSpan.FromMinutes(3);

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, CancellationToken cancellationToken)
    {
        string scripts = Directory.CreateDirectory(Path.Combine(place.Folder, "plain")).FullName;
        await using (LabProcess first = await place.StartLabAsync(Data, [], cancellationToken))
        {
            await WriteScriptsAsync(first, scripts, cancellationToken);
            await first.StopAsync("TERM", cancellationToken);
        }

        Samples lab = new(), servers = new(), plain = new();
        for (int turn = 0; turn < place.Turns; turn++)
        {
            // Who comes first changes from turn to turn.
            if (turn % 2 == 0)
                await StartLabAsync();
            plain.Add(await RunScriptAsync(place, scripts, cancellationToken));
            if (turn % 2 != 0)
                await StartLabAsync();
            place.Say($"lab {lab.Last:0.0} s (servers {servers.Last:0.0} s), plain script {plain.Last:0.0} s");
        }

        Samples ratio = lab.Against(plain);
        string script = $"plain script {plain.Text("0.0", " s")}";
        return
        [
            Result.Ratio("warm start until every check is ok, against a plain script", ratio, script, $"at most {Target}x", ratio.Median <= Target),
            new("warm start until every check is ok", $"{lab.Median:0.0} s", lab.Spread("0.0", " s"), "", null),
            Result.Ratio("warm start until every server is healthy, against a plain script", servers.Against(plain), servers.Text("0.0", " s")),
        ];

        async Task StartLabAsync()
        {
            await using LabProcess warm = await place.StartLabAsync(Data, [], cancellationToken);
            lab.Add(warm.TookToStart.TotalSeconds);
            servers.Add(ServersHealthy(warm).TotalSeconds);
            await warm.StopAsync("TERM", cancellationToken);
        }
    }

    // The AppHost writes "  kafka-1          up after 9 s".
    private static TimeSpan ServersHealthy(LabProcess lab) => lab.Lines
        .Where(l => l.Text.Contains(" up after ", StringComparison.Ordinal) && Servers.Any(s => l.Text.TrimStart().StartsWith(s, StringComparison.Ordinal)))
        .Max(l => l.At);

    // The very command lines of the lab's servers, on the same data.
    private static async Task WriteScriptsAsync(LabProcess lab, string folder, CancellationToken cancellationToken)
    {
        foreach ((string name, int pid) in await lab.PidsAsync(cancellationToken))
        {
            if (name is ResourceNames.OrderSimulator or ResourceNames.Verifier)
                continue;
            string working = new FileInfo($"/proc/{pid}/cwd").LinkTarget ?? lab.Folder;
            await File.WriteAllTextAsync(
                Path.Combine(folder, $"{name}.sh"),
                $"""
                unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH
                cd {Quoted(working)}
                exec {string.Join(' ', Proc.CommandLine(pid).Select(Quoted))}

                """,
                cancellationToken);
        }
    }

    /// <summary>Starts the servers by the script and stops them again.</summary>
    /// <returns>Seconds from its begin to the end of its slowest chain.</returns>
    private static async Task<double> RunScriptAsync(Workplace place, string folder, CancellationToken cancellationToken)
    {
        ProcessStartInfo start = place.Start("bash", [Path.Combine(AppContext.BaseDirectory, "plain-start.sh"), folder, (place.PortBase + 1).ToString()]);
        using Process script = Process.Start(start)!;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ScriptLimit);
        string output = await script.StandardOutput.ReadToEndAsync(limit.Token);
        await script.WaitForExitAsync(limit.Token);
        string[][] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' '))];
        if (lines.Any(l => l[0] == "failed") || !lines.Any(l => l[0] == "stopped"))
            throw new BenchmarkException($"The plain script could not start and stop the servers:\n{output}");
        string[][] chains = [.. lines.Where(l => l[0] == "chain")];
        place.Say($"plain script: {string.Join(", ", chains.Select(c => $"{c[2]} {c[1]} ms"))}");
        return chains.Length == Directory.GetFiles(folder, "*.sh").Length
            ? chains.Max(l => int.Parse(l[1], CultureInfo.InvariantCulture)) / 1000.0
            : throw new BenchmarkException($"Not every server of the plain script was ready:\n{output}");
    }

    private static string Quoted(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
