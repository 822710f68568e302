namespace Aspire.Hosting;

internal static class KafkaClusterImageTags
{
    /// <summary>Confluent Platform 7.5 is Apache Kafka 3.5.</summary>
    public const string Kafka = "confluentinc/cp-kafka:7.5.3";

    public const string ZooKeeper = "confluentinc/cp-zookeeper:7.5.3";

    public const string KafkaUI = "provectuslabs/kafka-ui:v0.7.2";
}
