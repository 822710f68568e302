namespace CdcLab.Benchmarks;

/// <summary>What a newcomer waits for: clone, then <c>dotnet run</c> with every cache empty: restore, build, fetch, initialize, start.</summary>
internal static class ColdStart
{
    private const double Target = 180;
    private const double AfterBuildTarget = 60;

    public static async Task<IReadOnlyList<Result>> MeasureAsync(Workplace place, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        string clone = Path.Combine(place.Folder, "clone");
        await RunAsync(place.Start("git", ["clone", "--quiet", Workplace.Repository, clone]), cancellationToken);
        ProcessStartInfo start = place.Start("dotnet", ["run", "--project", Path.Combine(clone, "CdcLab.AppHost"), "--"]);
        start.WorkingDirectory = clone;
        Dictionary<string, string> fresh = new()
        {
            ["NUGET_PACKAGES"] = "packages",
            ["NUGET_HTTP_CACHE_PATH"] = "http-cache",
            ["XDG_CACHE_HOME"] = "cache",
            // The build leaves files in it.
            ["TMPDIR"] = "tmp",
        };
        foreach ((string name, string folder) in fresh)
            start.Environment[name] = Directory.CreateDirectory(Path.Combine(place.Folder, "fresh", folder)).FullName;
        // Build servers that another build has left would help, and those of this one would stay.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        // A fresh machine has neither.
        start.Environment.Remove("KAFKA_HOME");
        start.Environment.Remove("MYSQL_HOME");
        await using LabProcess lab = await LabProcess.StartAsync(place, "cold", start, cancellationToken);
        TimeSpan all = Stopwatch.GetElapsedTime(begin);
        int appHost = place.Processes.First(p => Path.GetFileName(Proc.CommandLine(p)[0]) == "CdcLab.AppHost");
        TimeSpan afterBuild = Proc.Age(appHost);
        string cache = Path.Combine(place.Folder, "fresh", "cache", "cdclab");
        string fetched = string.Join(", ", Directory.EnumerateDirectories(cache).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        place.Say($"cold start {all.TotalSeconds:0} s, of which {afterBuild.TotalSeconds:0} s after the build; fetched: {fetched}");
        await lab.StopAsync("TERM", cancellationToken);
        return
        [
            Row("clone until every check is ok, fresh caches", all, Target) with { Spread = $"1 start; fetched {fetched}" },
            Row("the part of it after the build", afterBuild, AfterBuildTarget),
        ];
    }

    private static Result Row(string number, TimeSpan took, double target) =>
        new(number, $"{took.TotalSeconds:0} s", "1 start", $"under {target} s", took.TotalSeconds < target);

    private static async Task RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(start)!;
        string error = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new BenchmarkException($"{string.Join(' ', start.ArgumentList.Skip(1))} failed: {error}");
    }
}
