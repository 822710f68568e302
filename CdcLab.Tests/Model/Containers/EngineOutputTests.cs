using CdcLab.AppHost.Containers;

namespace CdcLab.Tests.Model.Containers;

/// <summary>What the docker client prints, as the lab reads it; no engine is needed.</summary>
[Trait("tier", "model")]
public sealed class EngineOutputTests
{
    // Correlation id, one broker: id 1, "kafka-1", 29092; no topics.
    private const string OneBroker = "43444331" + "00000001" + "00000001" + "0007" + "6b61666b612d31" + "000071a4" + "00000000";

    // As Docker 28 said them.
    [Theory]
    [InlineData("Cannot connect to the Docker daemon at unix:///nope.sock. Is the docker daemon running?\n", "Cannot connect to the Docker daemon at unix:///nope.sock")]
    [InlineData("WARNING: IPv4 forwarding is disabled. Networking will not work.\ndocker: Error response from daemon: No such image: x:1.\n\nRun 'docker run --help' for more information\n", "No such image: x:1")]
    [InlineData("error during connect: Get \"http://bogus:2375/v1.51/info\": dial tcp: no such host\n", "Get \"http://bogus:2375/v1.51/info\": dial tcp: no such host")]
    [InlineData("", "docker ended with 1")]
    public void A_fault_is_one_clause(string error, string expected) =>
        Assert.Equal(expected, ContainerEngine.Fault(1, error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    [Theory]
    [InlineData("unix:///var/run/docker.sock", true)]
    [InlineData("tcp://127.0.0.1:2375", true)]
    [InlineData("tcp://192.168.0.7:2375", false)]
    [InlineData("ssh://user@server", false)]
    public void An_engine_of_another_machine_is_known_by_its_address(string endpoint, bool local) => Assert.Equal(local, ContainerEngine.IsLocal(endpoint));

    [Fact]
    public async Task A_missing_client_is_no_engine()
    {
        EngineAnswer answer = await new ContainerEngine("cdclab-no-such-docker").AskAsync(TestContext.Current.CancellationToken);

        Assert.Equal((false, "there is no cdclab-no-such-docker client on PATH"), (answer.Answers, answer.Because));
    }

    [Theory]
    [InlineData("kafka-1 " + OneBroker, "kafka-1:29092", null)]
    [InlineData("kafka-1 ", null, "kafka-1 does not answer")]
    [InlineData("kafka-1 4344", null, "does not answer as a Kafka broker does")]
    [InlineData("kafka-1 not hexadecimal", null, "does not answer as a Kafka broker does")]
    [InlineData("bash: no such file", null, "kafka-1 was not asked: bash: no such file")]
    [InlineData("kafka-10 " + OneBroker, null, "kafka-1 was not asked")]
    public void An_answer_from_inside_is_what_the_broker_tells_or_why_there_is_none(string line, string? address, string? whyNot)
    {
        ListenerAnswer answer = LabContainers.Read("kafka-1", [line]);

        Assert.Equal(address, answer.Told?.Single().Address);
        Assert.Contains(whyNot ?? "", answer.WhyNot ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1@1")]
    [InlineData("nonsense")]
    public void An_owner_that_is_not_that_process_does_not_live(string? owner) => Assert.Null(LabContainers.OwnerPid(owner));

    [Theory]
    [InlineData("mysql:8.0", "mysql", "8.0", null)]
    [InlineData("registry.example:5000/kafka", "registry.example:5000/kafka", null, null)]
    [InlineData("registry.example:5000/kafka:7@sha256:ab", "registry.example:5000/kafka", "7", "ab")]
    public void An_image_is_split_into_repository_tag_and_digest(string image, string repository, string? tag, string? digest) =>
        Assert.Equal((repository, tag, digest), ContainerServerExtensions.Split(image));
}
