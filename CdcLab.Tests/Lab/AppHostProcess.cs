using System.Reflection;
using CdcLab.AppHost.Processes;

namespace CdcLab.Tests.Lab;

/// <summary>The built AppHost as a process of its own, for what ends a process.</summary>
public sealed class AppHostProcess : IAsyncDisposable
{
    private readonly List<string> _lines = [];

    private AppHostProcess(Process process, string folder) => (Process, Folder) = (process, folder);

    /// <summary>The process.</summary>
    public Process Process { get; }

    /// <summary>Its data directory.</summary>
    public string Folder { get; }

    /// <summary>What it has written.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    /// <summary>Starts it. A test runner in the background of a shell ignores SIGINT, one under nohup SIGHUP, and its children would inherit that.</summary>
    public static AppHostProcess Start(int portBase, string folder, params string[] arguments) =>
        Start([Assembly.Load("CdcLab.AppHost").Location], portBase, folder, arguments);

    /// <summary>Starts it as people do, by <c>dotnet run</c>; the process is that of <c>dotnet run</c>.</summary>
    public static AppHostProcess StartByDotnetRun(int portBase, string folder)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Start(["run", "--no-build", "--configuration", configuration, "--project", Projects.CdcLab_AppHost.ProjectPath, "--"], portBase, folder);
    }

    private static AppHostProcess Start(string[] program, int portBase, string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("env", ["--default-signal=INT,HUP", "dotnet", .. program, $"--Lab:PortBase={portBase}", $"--Lab:DataDirectory={folder}", "--Lab:Runtime=process", "--Lab:Dashboard:Enabled=false", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Where a temporary lab lies.
        start.Environment["XDG_STATE_HOME"] = folder;
        Process process = new() { StartInfo = start };
        AppHostProcess host = new(process, folder);
        process.OutputDataReceived += (_, e) => host.Keep(e.Data);
        process.ErrorDataReceived += (_, e) => host.Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return host;
    }

    /// <summary>Waits until it says that the lab is up.</summary>
    public Task IsUpAsync() => Deadline.WaitAsync(TimeSpan.FromSeconds(90), () => Task.FromResult(Lines), l => l.Any(line => line.StartsWith("The lab is up", StringComparison.Ordinal)), "the lab is up", () => string.Join('\n', Lines));

    /// <summary>Waits until it has ended and no process of its lab is left.</summary>
    public async Task<int> EndedAsync()
    {
        await Deadline.WaitAsync(TimeSpan.FromSeconds(30), () => Task.FromResult(Process.HasExited), ended => ended, "the end of the AppHost", () => string.Join('\n', Lines));
        await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(string.Join('\n', Left())), left => left.Length == 0, "nothing left");
        return Process.ExitCode;
    }

    /// <summary>The two processes of DCP.</summary>
    public IReadOnlyList<int> Orchestrator()
    {
        int[] servers =
        [
            .. ProcessTable.All().Where(p => ProcessTable.CommandLine(p) is [var program, "start-apiserver", ..] words && Path.GetFileName(program) == "dcp"
                && AppHosts().Any(a => words.Contains(a.ToString(CultureInfo.InvariantCulture)))),
        ];
        return [.. servers.SelectMany(p => ProcessTable.Children(p).Where(c => ProcessTable.CommandLine(c).Contains("run-controllers")).Append(p))];
    }

    /// <summary>Processes whose command line names the lab's folder, or that watched this AppHost.</summary>
    public IEnumerable<string> Left()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out int pid) && pid != Environment.ProcessId))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            }
            catch (IOException)
            {
                continue;
            }

            if (line.Contains(Folder, StringComparison.Ordinal) || line.Contains($"--monitor {Process.Id} ", StringComparison.Ordinal))
                yield return $"{Path.GetFileName(folder)} {line}";
        }
    }

    // The AppHost may be a child of dotnet run.
    private IEnumerable<int> AppHosts() => ProcessTable.Children(Process.Id).Where(c => ProcessTable.CommandLine(c).Any(w => w.Contains("CdcLab.AppHost", StringComparison.Ordinal))).Append(Process.Id);

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: false);
            await Process.WaitForExitAsync(TestContext.Current.CancellationToken);
            // A test that failed must not hand its servers' ports to the next as taken.
            await Deadline.WaitAsync(TimeSpan.FromSeconds(10), () => Task.FromResult(string.Join('\n', Left())), left => left.Length == 0, "nothing left");
        }

        Process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
            _lines.Add(line);
    }
}
