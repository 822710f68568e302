using System.Text.Json;

namespace CdcLab.Clients.ZooKeeper;

/// <summary>The JSON that Kafka keeps in ZooKeeper's nodes (Kafka's <c>ZkData.scala</c>).</summary>
internal static class KafkaNodes
{
    public static IReadOnlyList<string> Endpoints(ReadOnlyMemory<byte> node) =>
        Read(node, root => root.TryGetProperty("endpoints", out JsonElement endpoints) ? [.. endpoints.EnumerateArray().Select(e => e.GetString() ?? "")] : Array.Empty<string>());

    public static int Controller(ReadOnlyMemory<byte> node) => Read(node, root => root.GetProperty("brokerid").GetInt32());

    public static List<(int Number, IReadOnlyList<int> Replicas)> Assignment(ReadOnlyMemory<byte> node) => Read(node, root =>
    {
        List<(int Number, IReadOnlyList<int> Replicas)> partitions = [];
        foreach (JsonProperty partition in root.GetProperty("partitions").EnumerateObject())
            partitions.Add((int.Parse(partition.Name, NumberStyles.None, CultureInfo.InvariantCulture), Ids(partition.Value)));
        partitions.Sort((a, b) => a.Number.CompareTo(b.Number));
        return partitions;
    });

    /// <summary>Leader and in-sync replicas; Kafka writes -1 where nobody leads.</summary>
    public static (int? Leader, IReadOnlyList<int> InSync) State(ReadOnlyMemory<byte> node) => Read(node, root =>
    {
        int leader = root.GetProperty("leader").GetInt32();
        return ((int?)(leader < 0 ? null : leader), Ids(root.GetProperty("isr")));
    });

    /// <summary>Which leader in a row this one is; null where the node does not say.</summary>
    public static int? LeaderEpoch(ReadOnlyMemory<byte> node) => Read(node, root => root.TryGetProperty("leader_epoch", out JsonElement epoch) ? epoch.GetInt32() : (int?)null);

    private static IReadOnlyList<int> Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    private static T Read<T>(ReadOnlyMemory<byte> node, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(node);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw new InvalidDataException("A node of Kafka's in ZooKeeper is not of the shape that this version knows.", e);
        }
    }
}
