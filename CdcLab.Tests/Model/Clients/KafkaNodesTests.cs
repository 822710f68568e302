using CdcLab.Clients.ZooKeeper;

namespace CdcLab.Tests.Model.Clients;

[Trait("tier", "model")]
public sealed class KafkaNodesTests
{
    // Nodes as Kafka 3.5.2 wrote them.
    private const string Broker = """{"features":{},"listener_security_protocol_map":{"INTERNAL":"PLAINTEXT","EXTERNAL":"PLAINTEXT"},"endpoints":["INTERNAL://127.0.0.1:29092","EXTERNAL://localhost:9092"],"jmx_port":-1,"port":-1,"host":null,"version":5,"timestamp":"1795491644348"}""";
    private const string Topic = """{"removing_replicas":{},"partitions":{"2":[1,2,3],"10":[3,1,2],"0":[2,3,1]},"topic_id":"FOyRbPU0TCuBSBFBgPkJzw","adding_replicas":{},"version":3}""";

    [Fact]
    public void Brokers_endpoints_are_read() =>
        Assert.Equal(["INTERNAL://127.0.0.1:29092", "EXTERNAL://localhost:9092"], KafkaNodes.Endpoints(Bytes(Broker)));

    [Fact]
    public void Controller_is_read() => Assert.Equal(3, KafkaNodes.Controller(Bytes("""{"version":2,"brokerid":3,"timestamp":"1795491643951","kraftControllerEpoch":-1}""")));

    [Fact]
    public void Assignment_is_read_in_the_order_of_numbers_not_of_texts()
    {
        List<(int Number, IReadOnlyList<int> Replicas)> partitions = KafkaNodes.Assignment(Bytes(Topic))!;

        Assert.Equal([0, 2, 10], partitions.Select(p => p.Number));
        Assert.Equal([3, 1, 2], partitions[2].Replicas);
    }

    [Fact]
    public void Partition_without_a_leader_has_none()
    {
        (int? leader, IReadOnlyList<int> inSync, int? epoch) = KafkaNodes.State(Bytes("""{"controller_epoch":1,"leader":-1,"version":1,"leader_epoch":7,"isr":[2]}"""));

        Assert.Null(leader);
        Assert.Equal([2], inSync);
        Assert.Equal(7, epoch);
    }

    [Property]
    public void Any_bytes_are_read_or_are_nothing(byte[] node) => Read(node);

    [Fact]
    public void Every_cut_of_a_node_is_nothing()
    {
        byte[] whole = Bytes(Topic);
        for (int length = 0; length < whole.Length; length++)
            Assert.Null(KafkaNodes.Assignment(whole.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"partitions":{"x":[1]},"leader":"1","isr":3,"brokerid":99999999999,"endpoints":7}""")]
    [InlineData("""{"partitions":[],"leader":1.5,"isr":[null],"brokerid":{},"endpoints":[7]}""")]
    public void Json_of_another_shape_is_nothing(string node)
    {
        Read(Bytes(node));
        Assert.Null(KafkaNodes.Assignment(Bytes(node)));
        Assert.Null(KafkaNodes.Quotas(Bytes(node)));
        Assert.Equal(ClusterState.Nobody, KafkaNodes.Controller(Bytes(node)));
    }

    // Nothing is thrown.
    private static void Read(byte[] node)
    {
        KafkaNodes.Endpoints(node);
        KafkaNodes.Controller(node);
        KafkaNodes.Assignment(node);
        KafkaNodes.State(node);
        KafkaNodes.Quotas(node);
        Assert.Empty(KafkaNodes.Limits(node));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
