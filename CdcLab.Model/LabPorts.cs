using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>The TCP ports of one lab. The simulator's is any free one where there is no port base.</summary>
/// <param name="MySql">MySQL's port.</param>
/// <param name="ZooKeeper">ZooKeeper's client port.</param>
/// <param name="KafkaUi">Kafka UI's page.</param>
/// <param name="Verifier">The verifier's API.</param>
/// <param name="ResourceService">The resource service that the dashboard reads; 0 for any free port.</param>
/// <param name="Dashboard">The Aspire dashboard.</param>
/// <param name="DashboardOtlp">The dashboard's OTLP endpoint (gRPC).</param>
/// <param name="Simulator">The simulator's API; 0 for any free port.</param>
/// <param name="FirstExternal">EXTERNAL listener of kafka-1; kafka-i has the i-1st after it.</param>
/// <param name="FirstInternal">INTERNAL listener of kafka-1 where brokers run as processes.</param>
public sealed record LabPorts(int MySql, int ZooKeeper, int KafkaUi, int Verifier, int ResourceService, int Dashboard, int DashboardOtlp, int Simulator, int FirstExternal, int FirstInternal)
{
    /// <summary>How many ports a block spans, from its base.</summary>
    public const int BlockSize = 30;

    /// <summary>The ports of a lab.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The ports.</returns>
    public static LabPorts Of(LabOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        int b = options.PortBase;
        LabPorts ports = b == 0
            ? new(3306, 2181, 8080, 5180, 0, 18888, 18889, 0, 9092, 29092)
            : new(b, b + 1, b + 2, b + 3, b + 4, b + 5, b + 6, b + 7, b + 11, b + 21);
        return options.Dashboard.Port is { } dashboard ? ports with { Dashboard = dashboard } : ports;
    }

    /// <summary>The EXTERNAL port of one broker.</summary>
    /// <param name="brokerId">The broker's id, from 1.</param>
    /// <returns>The port.</returns>
    public int External(int brokerId) => FirstExternal + brokerId - 1;

    /// <summary>The INTERNAL port of one broker that runs as a process.</summary>
    /// <param name="brokerId">The broker's id, from 1.</param>
    /// <returns>The port.</returns>
    public int Internal(int brokerId) => FirstInternal + brokerId - 1;
}
