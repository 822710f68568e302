namespace CdcLab.Model.Options;

/// <summary>Everything that can be set about a lab; the section <c>Lab</c>. What each means, its range and its default: <see cref="LabSettings"/>.</summary>
public sealed record LabOptions
{
    /// <summary>The lab's name, part of its container names and of its default data directory.</summary>
    public string Name { get; init; } = "default";

    /// <summary>How the servers run.</summary>
    public LabRuntimeKind Runtime { get; init; } = LabRuntimeKind.Auto;

    /// <summary>0 for the well-known ports (3306, 2181, 9092, ...), else the first port of the lab's own block.</summary>
    public int PortBase { get; init; }

    /// <summary>The address that MySQL, the EXTERNAL listeners, Kafka UI and the lab's page bind to.</summary>
    public string BindAddress { get; init; } = "127.0.0.1";

    /// <summary>Where data, secrets, logs and the run file lie; null for the default below the user's state folder.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>The CDC source.</summary>
    public MySqlOptions MySql { get; init; } = new();

    /// <summary>The cluster's coordinator.</summary>
    public ZooKeeperOptions ZooKeeper { get; init; } = new();

    /// <summary>The Kafka cluster.</summary>
    public KafkaOptions Kafka { get; init; } = new();

    /// <summary>The web page on the cluster.</summary>
    public KafkaUiOptions KafkaUi { get; init; } = new();

    /// <summary>The market.</summary>
    public SimulatorOptions Simulator { get; init; } = new();

    /// <summary>The verifier.</summary>
    public VerifierOptions Verifier { get; init; } = new();

    /// <summary>The Aspire dashboard.</summary>
    public DashboardOptions Dashboard { get; init; } = new();

    /// <summary>The npm registry.</summary>
    public NpmOptions Npm { get; init; } = new();
}
