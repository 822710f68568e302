using System.Text.Json;
using System.Text.Json.Serialization;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Dashboard;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>What the run file says: who runs the lab of a data directory, and how to reach it.</summary>
public sealed record RunRecord
{
    /// <summary>The boot in which it was written; process ids of another boot mean nothing.</summary>
    public required string BootId { get; init; }

    /// <summary>The host.</summary>
    public required RecordedProcess Host { get; init; }

    /// <summary>What the host started.</summary>
    public IReadOnlyList<RecordedProcess> Processes { get; init; } = [];

    /// <summary>The effective settings, by key; null until the control endpoint listens.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>What the lab is and can show; null until the control endpoint listens.</summary>
    public LabAbilities? Abilities { get; init; }

    /// <summary>The lab's ports; null until the control endpoint listens.</summary>
    public LabPorts? Ports { get; init; }

    /// <summary>The cgroup below which the servers run; null for none, or for one that systemd takes away.</summary>
    public string? CgroupFolder { get; init; }

    /// <summary>The bearer token of the control endpoint.</summary>
    public string? Token { get; init; }

    /// <summary>The page of a dashboard that somebody else runs for the host, as Aspire's orchestrator does; null where it is among <see cref="Processes"/>, or there is none.</summary>
    public Uri? DashboardPage { get; init; }

    /// <summary>The dashboard among <see cref="Processes"/>; null while there is none.</summary>
    [JsonIgnore]
    public RecordedProcess? Dashboard => Processes.FirstOrDefault(p => p.Name == LabDashboard.Name && ProcessTable.IsAlive(p.Pid, p.StartTime));

    /// <summary>The run file of a lab that runs now.</summary>
    /// <param name="directory">The data directory.</param>
    /// <returns>Null when no host has the folder.</returns>
    public static RunRecord? Living(DataDirectory directory) =>
        Read(directory) is { } run && run.BootId == ProcessTable.BootId && ProcessTable.IsAlive(run.Host.Pid, run.Host.StartTime) ? run : null;

    /// <summary>Reads a run file.</summary>
    /// <param name="directory">The data directory.</param>
    /// <returns>What it says; null when there is none, or none that can be read.</returns>
    public static RunRecord? Read(DataDirectory directory)
    {
        try
        {
            // A member that is there and null passes the deserializer, and is as unreadable as one that is missing.
            return JsonSerializer.Deserialize<RunRecord>(File.ReadAllText(directory.RunFilePath), LabJson.Options) is { Host: not null, Processes: { } processes } run && processes.All(p => p is not null) ? run : null;
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException or PathTooLongException or JsonException)
        {
            return null;
        }
    }
}
