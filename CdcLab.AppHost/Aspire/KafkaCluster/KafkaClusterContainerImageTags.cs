namespace Aspire.Hosting;

/// <summary>The images of a cluster, pinned: Confluent Platform 7.5 is Apache Kafka 3.5, the last line whose image still starts with ZooKeeper alone and no other setting.</summary>
internal static class KafkaClusterContainerImageTags
{
    public const string BrokerImage = "confluentinc/cp-kafka";
    public const string ZooKeeperImage = "confluentinc/cp-zookeeper";
    public const string Tag = "7.5.3";
    public const string UIImage = "provectuslabs/kafka-ui";
    public const string UITag = "v0.7.2";
}
