using System.Diagnostics;
using System.Globalization;
using System.Text;
using CdcLab.Model;
using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Benchmarks.Labs;

/// <summary>The peer of the lab's start: <c>plain-start.sh</c> with the command lines that the lab itself used, on the same data.</summary>
internal sealed class PlainStart
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _folder;
    private readonly int _zooKeeperPort;

    private PlainStart(string folder, int zooKeeperPort) => (_folder, _zooKeeperPort) = (folder, zooKeeperPort);

    /// <summary>Reads how the servers of a running lab were started.</summary>
    public static PlainStart From(LabSite site, RunRecord run)
    {
        string folder = site.Scratch("plain");
        foreach (RecordedProcess process in run.Processes.Where(p => p.Name is not (ResourceNames.OrderSimulator or ResourceNames.Verifier)))
        {
            string[] command = CommandLine(process.Pid);
            string working = new FileInfo($"/proc/{process.Pid}/cwd").ResolveLinkTarget(returnFinalTarget: false)?.FullName ?? site.Data.Path;
            StringBuilder script = new();
            script.Append("export LC_ALL=C.UTF-8\nunset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH\n");
            script.Append("cd ").Append(Quote(working)).Append("\nexec ").AppendJoin(' ', command.Select(Quote)).Append('\n');
            File.WriteAllText(Path.Combine(folder, process.Name + ".sh"), script.ToString());
        }

        return new(folder, run.Ports!.ZooKeeper);
    }

    /// <summary>The command line of a process.</summary>
    public static string[] CommandLine(int pid) => File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Split('\0');

    /// <summary>Starts the servers and stops them again.</summary>
    /// <returns>How long each took from the script's begin; the longest is the slowest chain.</returns>
    public async Task<IReadOnlyDictionary<string, TimeSpan>> RunAsync(CancellationToken cancellationToken)
    {
        ProcessStartInfo info = new("bash", [Path.Combine(AppContext.BaseDirectory, "plain-start.sh"), _folder, _zooKeeperPort.ToString()]) { UseShellExecute = false, RedirectStandardOutput = true };
        using Process script = Process.Start(info)!;
        string output;
        try
        {
            output = await script.StandardOutput.ReadToEndAsync(cancellationToken).WaitAsync(Limit, cancellationToken);
            await script.WaitForExitAsync(cancellationToken);
        }
        catch (TimeoutException)
        {
            script.Kill(entireProcessTree: true);
            throw new BenchmarkException($"The plain script did not start and stop the servers within {Limit.TotalMinutes:0} minutes.");
        }
        if (output.Contains("failed ", StringComparison.Ordinal) || !output.Contains("stopped", StringComparison.Ordinal))
            throw new BenchmarkException("The plain script could not start the servers:\n" + output);
        return output.Split('\n')
            .Select(l => l.Split(' '))
            .Where(f => f[0] == "chain")
            .ToDictionary(f => f[2], f => TimeSpan.FromMilliseconds(long.Parse(f[1], CultureInfo.InvariantCulture)), StringComparer.Ordinal);
    }

    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
