using CdcLab.Clients.ZooKeeper;
using CdcLab.Verifier;
using CdcLab.Verifier.Telemetry;

namespace CdcLab.Tests.Model.Telemetry;

[Trait("tier", "model")]
public sealed class ProbeTracesTests
{
    private readonly VerifiedLab _lab = new(new LabOptions(), Containers: false, "localhost:9092");
    private readonly Guid _run = Guid.NewGuid();
    private ClusterState? _cluster;

    [Fact]
    public void Message_is_one_trace_from_its_send_to_its_consumption_with_the_leaders_address()
    {
        using Spans spans = new(VerifierFigures.SourceName);
        ProbeTraces traces = Traces(leader: 2, epoch: 5);
        traces.Sent(_run, 1, partition: 0, Stopwatch.GetTimestamp());
        traces.Acknowledged(_run, 1, offset: 9);
        traces.Consumed(_run, 1, offset: 9, leaderEpoch: 5);

        (Activity probe, Activity send, Activity process) = Trace(spans);
        Assert.Equal(("send cdclab.probe", ActivityKind.Producer, probe.SpanId), (send.DisplayName, send.Kind, send.ParentSpanId));
        Assert.Equal((ActivityKind.Consumer, probe.SpanId, send.SpanId), (process.Kind, process.ParentSpanId, process.Links.Single().Context.SpanId));
        Assert.All([send, process], s =>
        {
            Assert.Equal(_lab.Brokers[1].External, $"{s.GetTagItem("server.address")}:{s.GetTagItem("server.port")}");
            Assert.Equal(("kafka", "cdclab.probe", "0", 9L), (s.GetTagItem("messaging.system"), s.GetTagItem("messaging.destination.name"), s.GetTagItem("messaging.destination.partition.id"), s.GetTagItem("messaging.kafka.offset")));
        });
        Assert.Equal(ActivityStatusCode.Unset, probe.Status);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Broker_is_not_named_before_the_cluster_was_seen_under_the_leader_that_took_the_message()
    {
        using Spans spans = new(VerifierFigures.SourceName);
        ProbeTraces traces = Traces(leader: 2, epoch: 5);
        traces.Sent(_run, 1, partition: 0, Stopwatch.GetTimestamp());
        traces.Consumed(_run, 1, offset: 9, leaderEpoch: 6);
        traces.Acknowledged(_run, 1, offset: 9);
        Assert.DoesNotContain(spans.Ended, IsOurs);

        _cluster = Cluster(leader: 3, epoch: 6);
        traces.Sent(_run, 2, partition: 1, Stopwatch.GetTimestamp());
        Assert.Equal(9094, Trace(spans).Send.GetTagItem("server.port"));
    }

    [Fact]
    public void Record_without_a_leaders_epoch_names_the_leader_that_was_seen_last()
    {
        using Spans spans = new(VerifierFigures.SourceName);
        ProbeTraces traces = Traces(leader: 2, epoch: 5);
        traces.Sent(_run, 1, partition: 0, Stopwatch.GetTimestamp());
        traces.Acknowledged(_run, 1, offset: 9);
        traces.Consumed(_run, 1, offset: 9, leaderEpoch: -1);

        Assert.Equal("localhost:9093", $"{Trace(spans).Send.GetTagItem("server.address")}:{Trace(spans).Send.GetTagItem("server.port")}");
    }

    [Fact]
    public void Message_that_was_given_up_is_an_error()
    {
        using Spans spans = new(VerifierFigures.SourceName);
        ProbeTraces traces = Traces(leader: 2, epoch: 5);
        traces.Sent(_run, 1, partition: 0, Stopwatch.GetTimestamp());
        traces.GivenUp(_run, 1, "Local_MsgTimedOut");

        Activity send = spans.Ended.Single(s => s.GetTagItem("error.type") is "Local_MsgTimedOut");
        Assert.Equal(ActivityStatusCode.Error, send.Status);
        Assert.Equal(ActivityStatusCode.Error, spans.Ended.Single(s => s.SpanId == send.ParentSpanId).Status);
        Assert.Null(send.GetTagItem("server.address"));
    }

    private static ClusterState Cluster(int leader, int epoch) =>
        new([], null, [.. Enumerable.Range(0, 3).Select(n => new PartitionState(KafkaTopic.ProbeName, n, [1, 2, 3], leader, [1, 2, 3], LeaderEpoch: epoch))]);

    private ProbeTraces Traces(int leader, int epoch)
    {
        _cluster = Cluster(leader, epoch);
        return new(_lab, () => _cluster);
    }

    private static bool IsOurs(Activity span) => span.DisplayName.EndsWith(KafkaTopic.ProbeName, StringComparison.Ordinal);

    private static (Activity Probe, Activity Send, Activity Process) Trace(Spans spans)
    {
        Activity send = spans.Ended.Single(s => s.Kind == ActivityKind.Producer);
        IReadOnlyList<Activity> trace = spans.Of(send.TraceId);
        return (trace.Single(s => s.DisplayName == "probe"), send, trace.Single(s => s.Kind == ActivityKind.Consumer));
    }
}
