using System.Collections.Concurrent;
using CdcLab.AppHost.Programs;

namespace CdcLab.AppHost.Processes;

/// <summary>How the servers of one application run: as containers or as processes. It is chosen once, before the first resource is added.</summary>
internal abstract record ServerRuntime(string BindAddress)
{
    /// <summary>The address of the host at which the application itself reaches its servers.</summary>
    public const string Loopback = "127.0.0.1";
}

/// <summary>Servers as processes below the orchestrator; data, configuration and temporary files lie below the folder.</summary>
internal sealed record ProcessRuntime(string BindAddress, ProgramStore Programs, MemoryCaps Caps, string Folder) : ServerRuntime(BindAddress)
{
    /// <summary>Refuses a server that cannot open the data; by default none is refused.</summary>
    public Action<Version> AdmitMySql { get; init; } = _ => { };

    public Action<Version> AdmitKafka { get; init; } = _ => { };

    private readonly ConcurrentDictionary<string, CapGroup> _groups = new(StringComparer.Ordinal);

    public string DataFolder(string server) => Path.Combine(Folder, "data", server);

    public string ConfigFolder => Directory.CreateDirectory(Path.Combine(Folder, "config")).FullName;

    public string EmptyTemporaryFolder(string server)
    {
        string folder = Path.Combine(Folder, "tmp", server);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return Directory.CreateDirectory(folder).FullName;
    }

    public CapGroup Cap(string server, long capBytes) => _groups[server] = Caps.Prepare(server, capBytes);

    /// <summary>The memory of a server; null before its first start.</summary>
    public MemoryReading? Memory(string server, int? pid) => _groups.TryGetValue(server, out CapGroup? group) ? group.Read(pid) : null;
}

/// <summary>What the application knows of a server beside what Aspire knows: the time from SIGTERM to its end, the folder or volume of its data (null where it keeps
/// none), what it means for others when it is killed, paused or stopped (for the question before that), and its container's fixed name.</summary>
internal sealed record ServerAnnotation(long CapBytes, TimeSpan StopGrace, string? Data, string FaultMeaning) : IResourceAnnotation
{
    public string? Container { get; init; }
}
