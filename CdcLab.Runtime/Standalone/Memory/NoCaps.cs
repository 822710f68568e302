using CdcLab.Model.Live;
using CdcLab.Runtime.Standalone.Processes;

namespace CdcLab.Runtime.Standalone.Memory;

/// <summary>No cgroup may be made: heap and pool settings alone hold the servers, and everything says so.</summary>
internal sealed class NoCaps(string reason) : MemoryCaps
{
    public override bool Enforced => false;

    public override string Description => reason;

    public override LaunchSpec Apply(LaunchSpec spec, string server, long capBytes) => spec;

    public override MemoryFigures Read(string server, int pid, long capBytes) => ProcessMemory.Read(pid) with { CapBytes = capBytes };

    public override void Remove()
    {
    }
}
