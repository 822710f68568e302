using System.Globalization;

namespace CdcLab.Model;

/// <summary>The TCP ports of one lab.</summary>
/// <param name="MySql">MySQL's port.</param>
/// <param name="ZooKeeper">ZooKeeper's client port.</param>
/// <param name="KafkaUi">Kafka UI's page.</param>
/// <param name="Verifier">The verifier's API, later the lab's page.</param>
/// <param name="Control">The control endpoint; 0: any free one.</param>
/// <param name="Simulator">The simulator's API; 0: any free one.</param>
/// <param name="Dashboard">The Aspire dashboard.</param>
/// <param name="DashboardOtlp">The dashboard's OTLP endpoint (gRPC).</param>
/// <param name="FirstExternal">EXTERNAL listener of kafka-1; kafka-i has the i-1st after it.</param>
/// <param name="FirstInternal">INTERNAL listener of kafka-1 in the embedded runtime.</param>
public sealed record LabPorts(int MySql, int ZooKeeper, int KafkaUi, int Verifier, int Control, int Simulator, int Dashboard, int DashboardOtlp, int FirstExternal, int FirstInternal)
{
    /// <summary>How many ports a block spans, from its base.</summary>
    public const int BlockSize = 30;

    /// <summary>The ports of a port base: 0 for the well-known ones of the specification, else the block that starts there.</summary>
    /// <param name="portBase">0, or the first port of a block.</param>
    /// <returns>The ports.</returns>
    public static LabPorts From(int portBase) => portBase == 0
        ? new(3306, 2181, 8080, 5180, 0, 0, 18888, 18889, 9092, 29092)
        : new(portBase, portBase + 1, portBase + 2, portBase + 3, portBase + 4, portBase + 7, portBase + 5, portBase + 6, portBase + 11, portBase + 21);

    /// <summary>The EXTERNAL port of one broker.</summary>
    /// <param name="brokerId">The broker's id, from 1.</param>
    /// <returns>The port.</returns>
    public int External(int brokerId) => FirstExternal + brokerId - 1;

    /// <summary>The INTERNAL port of one broker in the embedded runtime.</summary>
    /// <param name="brokerId">The broker's id, from 1.</param>
    /// <returns>The port.</returns>
    public int Internal(int brokerId) => FirstInternal + brokerId - 1;

    /// <summary>Writes the ports as keys and texts, for a service's environment.</summary>
    /// <returns>Names and ports.</returns>
    public IEnumerable<KeyValuePair<string, string>> Write() =>
        new (string Name, int Port)[]
        {
            (nameof(MySql), MySql), (nameof(ZooKeeper), ZooKeeper), (nameof(KafkaUi), KafkaUi), (nameof(Verifier), Verifier), (nameof(Control), Control),
            (nameof(Simulator), Simulator), (nameof(Dashboard), Dashboard), (nameof(DashboardOtlp), DashboardOtlp), (nameof(FirstExternal), FirstExternal), (nameof(FirstInternal), FirstInternal),
        }.Select(p => KeyValuePair.Create(p.Name, p.Port.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="port">Gives the text of a name; null where it is missing.</param>
    /// <returns>The ports.</returns>
    /// <exception cref="FormatException">A port is missing or is no number.</exception>
    public static LabPorts Read(Func<string, string?> port)
    {
        int Get(string name) => int.TryParse(port(name), out int value) ? value : throw new FormatException($"The port {name} is missing or is no number.");
        return new(Get(nameof(MySql)), Get(nameof(ZooKeeper)), Get(nameof(KafkaUi)), Get(nameof(Verifier)), Get(nameof(Control)), Get(nameof(Simulator)), Get(nameof(Dashboard)), Get(nameof(DashboardOtlp)), Get(nameof(FirstExternal)), Get(nameof(FirstInternal)));
    }
}
