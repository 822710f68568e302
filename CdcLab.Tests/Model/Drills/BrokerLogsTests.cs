using CdcLab.AppHost.Drills;
using CdcLab.Model.Drills;

namespace CdcLab.Tests.Model.Drills;

[Trait("tier", "model")]
public sealed class BrokerLogsTests
{
    private const string Topic = "cdclab.drill.leader-killed.20261129230247";

    // What Kafka 3.5.2 wrote, shortened, each with its second.
    private static readonly (double Second, string Text)[] Written =
    [
        (1.0, $"[Partition {Topic}-0 broker=3] ISR updated to 3,2,1  and version updated to 1 (kafka.cluster.Partition)"),
        (10.3, $"[Partition {Topic}-1 broker=2] ISR updated to 2,3  and version updated to 1 (kafka.cluster.Partition)"),
        (10.9, "[Partition cdclab.probe-1 broker=2] ISR updated to 2,3  and version updated to 7 (kafka.cluster.Partition)"),
        (12.0, "[Controller id=3] Newly added brokers: , deleted brokers: 1, bounced brokers: , all live brokers: 2,3 (kafka.controller.KafkaController)"),
        (12.1, $"[ReplicaFetcherManager on broker 2] Removed fetcher for partitions HashSet(cdclab.probe-2, {Topic}-2) (kafka.server.ReplicaFetcherManager)"),
        (24.2, "[KafkaServer id=1] started (kafka.server.KafkaServer)"),
        (24.7, $"[Partition {Topic}-0 broker=3] ISR updated to 3,2,1  and version updated to 2 (kafka.cluster.Partition)"),
        (27.1, $"[Controller id=3] Partition {Topic}-1 completed preferred replica leader election. New leader is 1 (kafka.controller.KafkaController)"),
    ];

    [Theory]
    [InlineData(DrillMoment.OutOfIsr, 10.3)]
    [InlineData(DrillMoment.LeaderElected, 12.1)]
    [InlineData(DrillMoment.Started, 24.2)]
    [InlineData(DrillMoment.IsrWhole, 24.7)]
    [InlineData(DrillMoment.LeadersBack, 27.1)]
    // Nobody writes it, or it is ours alone.
    [InlineData(DrillMoment.ControllerElected, null)]
    [InlineData(DrillMoment.Fault, null)]
    [InlineData(DrillMoment.FirstAfter, null)]
    public void Moment_is_found_in_what_the_brokers_wrote(string what, double? expected)
    {
        DrillResult result = DrillSamples.Result(Topic, [new(DrillMoment.Fault, 5.4), new(what, 24.5)]);

        double? found = BrokerLogs.Compare(result, [.. Written.Select(w => new BrokerLogs.Line(result.Started.AddSeconds(w.Second), w.Text))]).Last(m => m.What == what).LoggedSeconds;

        Assert.Equal(expected, found is { } seconds ? Math.Round(seconds, 3) : null);
    }
}
