using CdcLab.Model;

namespace CdcLab.Runtime.Standalone.Data;

/// <summary>The Kafka cluster's id, as a broker keeps it beside its data.</summary>
internal static class ClusterId
{
    public static string? Read(DataDirectory directory, KafkaBroker broker)
    {
        string file = Path.Combine(directory.Path, broker.DataFolder!, "log", "meta.properties");
        return File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith("cluster.id=", StringComparison.Ordinal))?["cluster.id=".Length..]
            : null;
    }
}
