using System.Net.NetworkInformation;
using CdcLab.Clients.Kafka;
using Confluent.Kafka;

namespace CdcLab.Tests.Model.Clients;

[Trait("tier", "model")]
public sealed class KafkaClientSettingsTests
{
    private static readonly Dictionary<string, string> None = [];

    [Fact]
    public void What_every_client_of_a_cluster_needs_each_of_them_gets()
    {
        Dictionary<string, string> needed = new(StringComparer.Ordinal) { ["api.version.request"] = "false", ["broker.version.fallback"] = "0.9.0.1" };
        Assert.All(
            new ClientConfig[] { KafkaClientSettings.ProbeProducer("a:1", needed, TimeSpan.FromSeconds(30)), KafkaClientSettings.ProbeConsumer("a:1", needed), KafkaClientSettings.Admin("a:1", needed) },
            c =>
            {
                Assert.False(c.ApiVersionRequest);
                Assert.Equal("0.9.0.1", c.BrokerVersionFallback);
            });
    }

    [Fact]
    public void Each_client_has_settings_of_its_own()
    {
        ProducerConfig producer = KafkaClientSettings.ProbeProducer("a:1", None, TimeSpan.FromSeconds(30));
        ConsumerConfig consumer = KafkaClientSettings.ProbeConsumer("a:1", None);
        producer.Set("client.id", "changed");

        Assert.NotEqual("changed", consumer.ClientId);
        Assert.NotEqual("changed", KafkaClientSettings.ProbeProducer("a:1", None, TimeSpan.FromSeconds(30)).ClientId);
        Assert.DoesNotContain(consumer, s => s.Key == "acks");
    }

    [Fact]
    public void What_matters_is_decided_on_purpose()
    {
        ProducerConfig producer = KafkaClientSettings.ProbeProducer("a:1", None, TimeSpan.FromSeconds(30));

        Assert.Equal(Acks.All, producer.Acks);
        Assert.False(producer.EnableIdempotence);
        Assert.Equal(0, producer.LingerMs);
        Assert.Equal(30_000, producer.MessageTimeoutMs);
        Assert.All(
            new ClientConfig[] { producer, KafkaClientSettings.ProbeConsumer("a:1", None), KafkaClientSettings.Admin("a:1", None) },
            c =>
            {
                Assert.Equal(500, c.ReconnectBackoffMaxMs);
                Assert.Equal(NetworkInterface.GetIsNetworkAvailable() ? BrokerAddressFamily.V4 : BrokerAddressFamily.Any, c.BrokerAddressFamily);
            });
    }
}
