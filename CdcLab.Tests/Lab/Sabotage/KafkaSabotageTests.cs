using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CdcLab.Tests.Lab.Sabotage;

public sealed class KafkaSabotageTests(LabApplication lab) : SabotageTest(lab)
{
    [Fact]
    public async Task A_topic_with_one_copy_fails_the_replication_factor()
    {
        Assert.SkipWhen(Lab.IsLegacy, "Needs Kafka 3.5: the legacy Kafka has no admin API.");
        using IAdminClient admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = $"localhost:{Lab.PortBase + 11}" }).Build();
        Verdict verdict = await BreakAndHealAsync("kafka.replication_factor", () => admin.CreateTopicsAsync([new TopicSpecification { Name = "single", NumPartitions = 1, ReplicationFactor = 1 }]));
        Assert.Contains("single has 1", verdict.Actual, StringComparison.Ordinal);
    }
}
