using System.Net.NetworkInformation;
using System.Reflection;

namespace CdcLab.Benchmarks.Lab;

/// <summary>Where the measured labs lie: a temporary folder, a block of ports, and a variable that processes inherit. Nothing is left at the end.</summary>
internal sealed class Workplace : IAsyncDisposable
{
    private const string Variable = "CDCLAB_BENCHMARK";
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(90);
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly string _mark = Guid.NewGuid().ToString("N");

    public Workplace(int portBase, int turns)
    {
        (PortBase, Turns) = (portBase, turns);
        Folder = Directory.CreateTempSubdirectory("cdclab-benchmarks-").FullName;
        Directory.CreateDirectory(TemporaryFolder);
    }

    public int PortBase { get; }

    /// <summary>How often each pair is measured.</summary>
    public int Turns { get; }

    public string Folder { get; }

    /// <summary>The labs' folder for temporary files.</summary>
    public string TemporaryFolder => Path.Combine(Folder, "tmp");

    /// <summary>The built AppHost, in the configuration of this program.</summary>
    public static string AppHost
    {
        get
        {
            DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd('/'));
            return Path.Combine(Repository, "CdcLab.AppHost", "bin", framework.Parent!.Name, framework.Name, "CdcLab.AppHost");
        }
    }

    /// <summary>The folder of the solution.</summary>
    public static string Repository
    {
        get
        {
            DirectoryInfo? folder = new(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CdcLab.sln")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new BenchmarkException("This program does not lie in its repository, whose AppHost it measures.");
        }
    }

    /// <summary>All processes that were started from here and what came from them.</summary>
    public IReadOnlyList<int> Processes => Proc.WithVariable($"{Variable}={_mark}");

    /// <summary>A start of a program whose processes are found again.</summary>
    public ProcessStartInfo Start(string program, IEnumerable<string> arguments)
    {
        // In the background of a shell SIGINT is ignored, and a child would inherit that.
        ProcessStartInfo start = new("env", ["--default-signal=INT,TERM,HUP", program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (string name in start.Environment.Keys.Where(n => n.StartsWith("Lab__", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment[Variable] = _mark;
        start.Environment["TMPDIR"] = TemporaryFolder;
        return start;
    }

    /// <summary>Starts the built AppHost and waits until the lab is up.</summary>
    /// <param name="name">The name of the data directory in <see cref="Folder"/>; one that is there already is used again.</param>
    /// <param name="settings">Further settings.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<LabProcess> StartLabAsync(string name, IEnumerable<string> settings, CancellationToken cancellationToken) =>
        LabProcess.StartAsync(this, name, Start(AppHost, settings), cancellationToken);

    /// <summary>What is left of labs that have ended: processes, listeners, control groups, temporary files.</summary>
    public IReadOnlyList<string> Left(string dataDirectory)
    {
        string[] processes = [.. Processes.Select(p => $"process {p} {string.Join(' ', Proc.CommandLine(p).Take(3))}")];
        string[] ports = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
            .Where(l => l.Port >= PortBase && l.Port < PortBase + LabPorts.BlockSize)
            .Select(l => $"listener {l}")];
        if (processes.Length + ports.Length > 0)
            return [.. processes, .. ports];
        return
        [
            .. Groups(dataDirectory),
            .. Directory.EnumerateFileSystemEntries(TemporaryFolder).Select(f => $"temporary {Path.GetFileName(f)}"),
        ];
    }

    public void Say(string text) => Console.WriteLine($"{Stopwatch.GetElapsedTime(_start).TotalSeconds,6:0} s  {text}");

    public async ValueTask DisposeAsync()
    {
        // Only after a failure or Ctrl+C is anything left here.
        long begin = Stopwatch.GetTimestamp();
        while (Processes is { Count: > 0 } left && Stopwatch.GetElapsedTime(begin) < EndLimit)
        {
            foreach (int pid in left)
                Proc.Signal(pid, "KILL");
            await Task.Delay(200);
        }

        Directory.Delete(Folder, recursive: true);
    }

    // The groups are named after the data directory's id.
    private static IEnumerable<string> Groups(string dataDirectory)
    {
        string stamp = Path.Combine(dataDirectory, "cdclab.json");
        if (!File.Exists(stamp) || !Directory.Exists("/sys/fs/cgroup"))
            return [];
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(File.ReadAllText(stamp));
        string id = json.RootElement.GetProperty("id").GetString()!;
        EnumerationOptions tolerant = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return [.. Directory.EnumerateDirectories("/sys/fs/cgroup", $"*{id}*", tolerant).Select(g => $"control group {g}")];
    }
}
