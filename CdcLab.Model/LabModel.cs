using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>The picture of the lab: what it consists of, made from the options. Whatever starts the servers and whatever checks them reads this.</summary>
/// <remarks>
/// order-simulator -> MySQL -> binlog -> (Debezium, later) -> Kafka -> consumer; the verifier watches every stage.
/// </remarks>
public sealed record LabModel
{
    /// <summary>What it was made from.</summary>
    public required LabOptions Options { get; init; }

    /// <summary>Its ports.</summary>
    public required LabPorts Ports { get; init; }

    /// <summary>How its servers run; never <see cref="LabRuntimeKind.Auto"/>.</summary>
    public required LabRuntimeKind Runtime { get; init; }

    /// <summary>The CDC source.</summary>
    public required MySqlResource MySql { get; init; }

    /// <summary>The cluster's coordinator.</summary>
    public required ZooKeeperResource ZooKeeper { get; init; }

    /// <summary>The Kafka cluster.</summary>
    public required KafkaCluster Kafka { get; init; }

    /// <summary>The web page on the cluster.</summary>
    public required KafkaUiResource KafkaUi { get; init; }

    /// <summary>The market.</summary>
    public required ServiceResource OrderSimulator { get; init; }

    /// <summary>The verifier.</summary>
    public required ServiceResource Verifier { get; init; }

    /// <summary>Every server and service that this runtime has, in the order of the picture.</summary>
    public IReadOnlyList<LabResource> Resources =>
        [.. All.Where(r => r.InEmbedded || Runtime == LabRuntimeKind.Container)];

    /// <summary>The sum of the memory caps of this runtime's servers, in bytes.</summary>
    public long CapSumBytes => Resources.Sum(r => r.MemoryCapBytes ?? 0);

    /// <summary>The port of the Aspire dashboard.</summary>
    public int DashboardPort => Options.Dashboard.Port ?? Ports.Dashboard;

    private IReadOnlyList<LabResource> All => [MySql, ZooKeeper, .. Kafka.Brokers, KafkaUi, OrderSimulator, Verifier];

    /// <summary>The lab that these options describe.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="runtime">How the servers run; <see cref="LabRuntimeKind.Auto"/> counts as embedded.</param>
    /// <returns>The model.</returns>
    public static LabModel From(LabOptions options, LabPorts ports, LabRuntimeKind runtime) => new()
    {
        Options = options,
        Ports = ports,
        Runtime = runtime == LabRuntimeKind.Container ? LabRuntimeKind.Container : LabRuntimeKind.Embedded,
        MySql = MySqlResource.From(options, ports),
        ZooKeeper = ZooKeeperResource.From(options, ports),
        Kafka = KafkaCluster.From(options, ports, runtime),
        KafkaUi = KafkaUiResource.From(options, ports),
        OrderSimulator = ServiceResource.Simulator(ports),
        Verifier = ServiceResource.Verifier(options, ports),
    };
}
