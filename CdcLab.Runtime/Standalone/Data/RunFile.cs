using System.Text.Json;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>Writes the run file of this host's lab, and takes it away at the end.</summary>
internal sealed class RunFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly DataDirectory _directory;
    private RunRecord _record;
    private bool _closed;

    public RunFile(DataDirectory directory)
    {
        _directory = directory;
        int pid = Environment.ProcessId;
        _record = new() { BootId = ProcessTable.BootId, Host = new("host", pid, ProcessTable.StartTime(pid) ?? 0) };
        Change(r => r);
    }

    public void Add(string name, int pid, long startTime) => Change(r => r with { Processes = [.. r.Processes, new(name, pid, startTime)] });

    public void Remove(int pid)
    {
        try
        {
            Change(r => r with { Processes = [.. r.Processes.Where(p => p.Pid != pid)] });
        }
        catch (UnavailableException)
        {
            // A full disk must not keep the lab from stopping, and the record of a process that has ended does no harm: its start time is nobody else's.
        }
    }

    public void RunsIn(string? cgroupFolder) => Change(r => r with { CgroupFolder = cgroupFolder });

    public void Listens(LabOptions options, LabPorts ports, LabAbilities abilities, string token, Uri? dashboard = null) =>
        Change(r => r with { Settings = new Dictionary<string, string>(LabSettings.Write(options), StringComparer.Ordinal), Ports = ports, Abilities = abilities, Token = token, DashboardPage = dashboard });

    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            File.Delete(_directory.RunFilePath);
        }
    }

    private void Change(Func<RunRecord, RunRecord> change)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            _record = change(_record);
            DataDirectory.WritePrivate(_directory.RunFilePath, JsonSerializer.Serialize(_record, LabJson.Indented));
        }
    }
}
