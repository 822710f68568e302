using CdcLab.Model.Live;
using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>Kafka UI: brokers, topics and messages in a browser. It comes as a container image only.</summary>
public sealed record KafkaUiResource : LabResource
{
    /// <summary>Whether it is writable and without a login.</summary>
    public required bool Open { get; init; }

    internal static KafkaUiResource From(LabOptions options, LabPorts ports) => new()
    {
        Name = ResourceNames.KafkaUi,
        Kind = ResourceKind.Server,
        Image = options.KafkaUi.Image,
        MemoryCapBytes = options.KafkaUi.MemoryCap,
        Ports = [new("page", ports.KafkaUi, options.BindAddress, "Lab:PortBase")],
        WaitsFor = [.. Enumerable.Range(1, options.Kafka.Brokers).Select(ResourceNames.Broker)],
        StopGrace = TimeSpan.FromSeconds(10),
        StartLimit = TimeSpan.FromSeconds(90),
        Health = HealthProbe.Http,
        InEmbedded = false,
        Open = options.KafkaUi.Open,
    };
}
