using CdcLab.Runtime.Standalone.Data;

namespace CdcLab.Benchmarks.Labs;

/// <summary>Where the measured labs lie: a temporary folder with a cache, a data directory and a folder for temporary files of its own.</summary>
internal sealed class LabSite : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cdclab-benchmarks-").FullName;

    public LabSite(int portBase)
    {
        PortBase = portBase;
        Directory.CreateDirectory(Temporary);
    }

    public int PortBase { get; }

    public DataDirectory Data => new(Path.Combine(_folder, "lab"));

    /// <summary>The cache of programs. The user's own one until <see cref="UseEmptyCache"/> is called.</summary>
    public string? Cache { get; private set; }

    public string Temporary => Path.Combine(_folder, "tmp");

    /// <summary>For logs and scripts of the benchmark itself.</summary>
    public string Scratch(string name) => Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;

    public void UseEmptyCache() => Cache = Scratch("cache");

    /// <summary>What is left of a lab that was stopped: processes, control groups, temporary files.</summary>
    public IReadOnlyList<string> Leftovers() =>
    [
        .. Processes(),
        .. Groups(),
        .. Directory.EnumerateFileSystemEntries(Temporary).Select(e => $"temporary {Path.GetFileName(e)}"),
    ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<string> Processes()
    {
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)))
        {
            string command;
            try
            {
                command = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ') + File.ReadAllText(Path.Combine(process, "environ"));
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is another user's.
                continue;
            }

            if (command.Contains(_folder, StringComparison.Ordinal))
                yield return $"process {Path.GetFileName(process)} {command.Split(' ')[0]}";
        }
    }

    private IEnumerable<string> Groups()
    {
        EnumerationOptions tolerant = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        return Directory.Exists("/sys/fs/cgroup")
            ? Directory.EnumerateDirectories("/sys/fs/cgroup", "*" + Data.Id + "*", tolerant).Select(g => $"control group {g}")
            : [];
    }
}
