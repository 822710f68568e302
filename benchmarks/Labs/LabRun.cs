using System.Diagnostics;
using System.Text;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Benchmarks.Labs;

/// <summary>One run of the AppHost, as a user starts it (without what <c>dotnet run</c> itself does before).</summary>
internal sealed class LabRun : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StopLimit = TimeSpan.FromMinutes(2);

    private readonly LabSite _site;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _isUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LabRun(LabSite site, Process process)
    {
        _site = site;
        _process = process;
        process.OutputDataReceived += (_, line) => Said(line.Data);
        process.ErrorDataReceived += (_, line) => Said(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    /// <summary>From the start of the process to the line that says that everything has answered.</summary>
    public TimeSpan TookToStart { get; private set; }

    /// <summary>The run file of this lab.</summary>
    public RunRecord Record => RunRecord.Living(_site.Data) ?? throw new BenchmarkException("The lab has no run file. Its output:\n" + Output());

    /// <summary>What it said of the programs that it found, e.g. <c>MySQL 9.7.4 (...), Kafka 3.5.2 (...)</c>.</summary>
    public string Programs => Output().Split('\n').FirstOrDefault(l => l.Contains("memory caps", StringComparison.Ordinal)) is { } line ? line[(line.IndexOf(" s  ", StringComparison.Ordinal) + 4)..].Trim() : "";

    public static async Task<LabRun> StartAsync(LabSite site, string[] settings, CancellationToken cancellationToken)
    {
        ProcessStartInfo info = new(Path.Combine(AppContext.BaseDirectory, "CdcLab.AppHost"), ["run", $"--Lab:DataDirectory={site.Data.Path}", $"--Lab:PortBase={site.PortBase}", .. settings])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = site.Scratch("current"),
        };
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(n => n.StartsWith("LAB__", StringComparison.OrdinalIgnoreCase)))
            info.Environment.Remove(name);
        // The numbers are those of plain processes, whether a container engine runs on this machine or not.
        info.Environment["Lab__Runtime"] = "embedded";
        info.Environment["TMPDIR"] = site.Temporary;
        if (site.Cache is { } cache)
            info.Environment["XDG_CACHE_HOME"] = cache;

        long begin = Stopwatch.GetTimestamp();
        LabRun run = new(site, Process.Start(info)!);
        try
        {
            Task first = await Task.WhenAny(run._isUp.Task, run._process.WaitForExitAsync(cancellationToken)).WaitAsync(StartLimit, cancellationToken);
            run.TookToStart = Stopwatch.GetElapsedTime(begin);
            return first == run._isUp.Task ? run : throw new BenchmarkException("The lab did not start. Its output:\n" + run.Output());
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    /// <summary>Stops it as Ctrl+C does.</summary>
    /// <returns>How long that took.</returns>
    public async Task<TimeSpan> StopAsync(CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        Signal("INT");
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(StopLimit, cancellationToken);
        return Stopwatch.GetElapsedTime(begin);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Signal("TERM");
            if (!_process.WaitForExit(StopLimit))
                _process.Kill();
        }

        _process.Dispose();
    }

    private string Output()
    {
        lock (_output)
            return _output.ToString();
    }

    private void Said(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        if (line.StartsWith("The lab is up after", StringComparison.Ordinal))
            _isUp.TrySetResult();
    }

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-" + name, Pid.ToString()]);
        kill.WaitForExit();
    }
}
