namespace CdcLab.Model;

/// <summary>The names of the lab's servers and services, as every table, command and verdict uses them.</summary>
public static class ResourceNames
{
    /// <summary>The CDC source.</summary>
    public const string MySql = "mysql";

    /// <summary>The cluster's coordinator.</summary>
    public const string ZooKeeper = "zookeeper";

    /// <summary>The Kafka cluster as a whole.</summary>
    public const string Kafka = "kafka";

    /// <summary>The web page on the cluster.</summary>
    public const string KafkaUi = "kafka-ui";

    /// <summary>The market.</summary>
    public const string OrderSimulator = "order-simulator";

    /// <summary>The verifier.</summary>
    public const string Verifier = "verifier";

    /// <summary>One broker.</summary>
    /// <param name="id">The broker's id, from 1.</param>
    /// <returns>Its name, e.g. <c>kafka-1</c>.</returns>
    public static string Broker(int id) => $"kafka-{id}";
}
