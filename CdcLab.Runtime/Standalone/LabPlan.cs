using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Servers;

namespace CdcLab.Runtime.Standalone;

/// <summary>What a host is about to run.</summary>
/// <param name="Options">Valid options.</param>
/// <param name="Ports">The ports, none of them 0.</param>
/// <param name="Directory">The data directory.</param>
/// <param name="Programs">The two services.</param>
/// <param name="Runtime">What the servers run as; never <see cref="LabRuntimeKind.Auto"/>.</param>
public sealed record LabPlan(LabOptions Options, LabPorts Ports, DataDirectory Directory, ServicePrograms Programs, LabRuntimeKind Runtime)
{
    /// <summary>Whether the Aspire dashboard is started with the lab: not by commands that end by themselves.</summary>
    public bool ShowsDashboard { get; init; }

    /// <summary>Why the servers run as they do, for the first line of a run.</summary>
    public string Because { get; init; } = "";

    /// <summary>The picture of the lab.</summary>
    public LabModel Model => LabModel.From(Options, Ports, Runtime);
}
