using CdcLab.Model.Live;
using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>A service of ours: the order simulator, the verifier.</summary>
public sealed record ServiceResource : LabResource
{
    /// <summary>The port of its API.</summary>
    public int Port => Ports[0].Number;

    internal static ServiceResource Simulator(LabPorts ports) => Of(ResourceNames.OrderSimulator, new("api", ports.Simulator, "127.0.0.1", "Lab:PortBase"), [ResourceNames.MySql]);

    internal static ServiceResource Verifier(LabOptions options, LabPorts ports) =>
        Of(
            ResourceNames.Verifier,
            new("api", ports.Verifier, options.BindAddress, "Lab:PortBase"),
            [ResourceNames.MySql, .. Enumerable.Range(1, options.Kafka.Brokers).Select(ResourceNames.Broker)]);

    private static ServiceResource Of(string name, LabPort port, IReadOnlyList<string> waitsFor) => new()
    {
        Name = name,
        Kind = ResourceKind.Service,
        Ports = [port],
        WaitsFor = waitsFor,
        StopGrace = TimeSpan.FromSeconds(10),
        StartLimit = TimeSpan.FromSeconds(60),
        Health = HealthProbe.Http,
    };
}
