namespace Aspire.Hosting;

internal static class KafkaConnectImageTags
{
    /// <summary>Kafka Connect with Debezium's connectors.</summary>
    public const string Debezium = "quay.io/debezium/connect:3.5";
}
