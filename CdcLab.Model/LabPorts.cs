using CdcLab.Model.Options;

namespace CdcLab.Model;

/// <summary>The TCP ports of one lab; 0 for any free one.</summary>
/// <param name="ResourceService">The resource service that the dashboard reads.</param>
/// <param name="DashboardOtlp">The dashboard's OTLP endpoint (gRPC).</param>
/// <param name="Connect">Kafka Connect's REST API.</param>
/// <param name="FirstExternal">EXTERNAL listener of kafka-1; kafka-i has the i-1st after it.</param>
/// <param name="FirstInternal">INTERNAL listener of kafka-1 where brokers run as processes.</param>
public sealed record LabPorts(int MySql, int ZooKeeper, int KafkaUi, int Verifier, int ResourceService, int Dashboard, int DashboardOtlp, int Simulator, int Connect, int FirstExternal, int FirstInternal)
{
    /// <summary>How many ports a block spans, from its base.</summary>
    public const int BlockSize = 30;

    public static LabPorts Of(LabOptions options)
    {
        int b = options.PortBase;
        LabPorts ports = b == 0
            ? new(3306, 2181, 8080, 5180, 0, 18888, 18889, 0, 8083, 9092, 29092)
            : new(b, b + 1, b + 2, b + 3, b + 4, b + 5, b + 6, b + 7, b + 8, b + 11, b + 21);
        return options.Dashboard.Port is { } dashboard ? ports with { Dashboard = dashboard } : ports;
    }

    public int External(int brokerId) => FirstExternal + brokerId - 1;

    public int Internal(int brokerId) => FirstInternal + brokerId - 1;
}

/// <summary>The names of the lab's servers and services, as every table, command and verdict uses them.</summary>
public static class ResourceNames
{
    public const string MySql = "mysql";
    public const string ZooKeeper = "zookeeper";
    public const string Kafka = "kafka";
    public const string KafkaUi = "kafka-ui";
    public const string Connect = "connect";
    public const string OrdersCdc = "orders-cdc";
    public const string OrderSimulator = "order-simulator";
    public const string Verifier = "verifier";

    /// <summary>One broker's name, e.g. <c>kafka-1</c>.</summary>
    public static string Broker(int id) => $"kafka-{id}";
}
