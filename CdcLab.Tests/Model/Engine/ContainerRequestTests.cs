using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Options;
using CdcLab.Runtime.Engine;
using Docker.DotNet.Models;
using Xunit;

namespace CdcLab.Tests.Model.Engine;

/// <summary>What the engine is asked to make.</summary>
[Trait("tier", "model")]
public sealed class ContainerRequestTests
{
    private static readonly LabIdentity Lab = new("two", "/data/two");

    [Fact]
    public void Memory_and_swap_are_capped_together_and_logs_are_bounded()
    {
        HostConfig host = Request("kafka-1").HostConfig!;

        Assert.Equal(768L * 1024 * 1024, host.Memory);
        Assert.Equal(host.Memory, host.MemorySwap);
        Assert.Equal("json-file", host.LogConfig!.Type);
        Assert.Equal("10m", host.LogConfig.Config["max-size"]);
        Assert.Equal("3", host.LogConfig.Config["max-file"]);
    }

    [Fact]
    public void Names_labels_network_and_volumes_are_the_labs_own()
    {
        CreateContainerParameters request = Request("kafka-1");

        Assert.Equal("cdclab-two-kafka-1", request.Name);
        Assert.Equal("/data/two", request.Labels["cdclab.data-directory"]);
        Assert.Equal("two", request.Labels["cdclab.lab"]);
        Assert.Equal("kafka-1", request.Labels["cdclab.resource"]);
        Assert.Equal("cdclab-two", request.HostConfig!.NetworkMode);
        Assert.Equal(["kafka-1"], request.NetworkingConfig!.EndpointsConfig["cdclab-two"].Aliases);
        Assert.Equal(["cdclab-two-kafka-1-data:/var/lib/kafka/data"], request.HostConfig.Binds);
    }

    [Fact]
    public void Ports_are_published_on_loopback_and_a_second_address_beside_it()
    {
        Assert.Equal(["127.0.0.1:3306"], Bindings(Request("mysql"), "3306/tcp"));
        Assert.Equal(["192.168.0.7:3306", "127.0.0.1:3306"], Bindings(Request("mysql", new LabOptions { BindAddress = "192.168.0.7" }), "3306/tcp"));
    }

    [Fact]
    public void A_broker_has_a_minute_to_stop_also_when_the_engine_stops_it() => Assert.Equal(TimeSpan.FromSeconds(60), Request("kafka-2").StopTimeout);

    [Fact]
    public void Secrets_come_by_the_environment_alone()
    {
        CreateContainerParameters request = Request("mysql");

        Assert.Contains("MYSQL_ROOT_PASSWORD=the-MySqlRoot", request.Env);
        Assert.DoesNotContain(request.Cmd, a => a.Contains("the-MySqlRoot", StringComparison.Ordinal));
        Assert.DoesNotContain(request.Labels.Values, l => l.Contains("the-MySqlRoot", StringComparison.Ordinal));
        Assert.Contains("SPRING_SECURITY_USER_PASSWORD=the-KafkaUi", Request("kafka-ui").Env);
    }

    private static string[] Bindings(CreateContainerParameters request, string port) => [.. request.HostConfig!.PortBindings[port].Select(b => $"{b.HostIP}:{b.HostPort}")];

    private static CreateContainerParameters Request(string name, LabOptions? options = null)
    {
        LabModel model = LabModel.From(options ?? new LabOptions(), LabPorts.From(0), LabRuntimeKind.Container);
        return ContainerRequest.Of(ContainerMapping.Of(model).Single(s => s.Resource.Name == name), Lab, secret => "the-" + secret);
    }
}
