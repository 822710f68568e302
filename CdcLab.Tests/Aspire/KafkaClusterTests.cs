using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CdcLab.Tests.Aspire;

/// <summary>The cluster integration for somebody who has never seen the lab: defaults, and readable errors for what cannot be.</summary>
[Trait("tier", "aspire")]
public sealed class KafkaClusterTests
{
    private static IDistributedApplicationBuilder Builder() => DistributedApplication.CreateBuilder(new DistributedApplicationOptions { AssemblyName = "CdcLab.AppHost", DisableDashboard = true });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10)]
    public void A_number_of_brokers_that_cannot_be_is_refused_with_what_can(int brokers)
    {
        ArgumentOutOfRangeException refused = Assert.Throws<ArgumentOutOfRangeException>(() => Builder().AddKafkaCluster("kafka", brokers));
        Assert.Equal("brokers", refused.ParamName);
        Assert.Contains("1 to 9", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(65534, 3)]
    public void Ports_that_cannot_be_are_refused(int first, int brokers) =>
        Assert.Equal("firstPort", Assert.Throws<ArgumentOutOfRangeException>(() => Builder().AddKafkaCluster("kafka", brokers, first)).ParamName);

    [Theory]
    [InlineData(4, 2, "factor")]
    [InlineData(0, 1, "factor")]
    [InlineData(3, 4, "minInSync")]
    [InlineData(3, 0, "minInSync")]
    public void Copies_that_cannot_be_are_refused(int factor, int minimum, string argument) =>
        Assert.Equal(argument, Assert.Throws<ArgumentOutOfRangeException>(() => Builder().AddKafkaCluster("kafka", 3).WithReplication(factor, minimum)).ParamName);

    [Theory]
    [InlineData("768 mb")]
    [InlineData("0m")]
    [InlineData("m")]
    [InlineData("-1g")]
    public void A_limit_that_is_no_size_is_refused(string limit) =>
        Assert.Contains("768m", Assert.Throws<ArgumentException>(() => Builder().AddKafkaCluster("kafka").WithMemoryLimit(limit)).Message, StringComparison.Ordinal);

    [Fact]
    public void Volumes_before_ZooKeeper_and_a_second_ZooKeeper_are_refused()
    {
        IResourceBuilder<KafkaClusterResource> cluster = Builder().AddKafkaCluster("kafka");
        Assert.Contains("WithZooKeeper", Assert.Throws<InvalidOperationException>(() => cluster.WithDataVolumes()).Message, StringComparison.Ordinal);
        cluster.WithZooKeeper();
        Assert.Throws<InvalidOperationException>(() => cluster.WithZooKeeper(name: "another"));
    }

    [Theory]
    [InlineData(1, "1", "1")]
    [InlineData(2, "2", "1")]
    [InlineData(3, "3", "2")]
    [InlineData(5, "3", "2")]
    public void Defaults_survive_a_lost_broker_as_far_as_there_are_brokers(int brokers, string factor, string minimum)
    {
        KafkaClusterResource cluster = Builder().AddKafkaCluster("events", brokers).Resource;
        Assert.Equal(factor, cluster.Settings["default.replication.factor"]);
        Assert.Equal(factor, cluster.Settings["offsets.topic.replication.factor"]);
        Assert.Equal(minimum, cluster.Settings["min.insync.replicas"]);
        Assert.Equal(Enumerable.Range(1, brokers).Select(i => $"events-{i}"), cluster.Brokers.Select(b => b.Name));
    }

    [Fact]
    public void Each_broker_has_commands_that_break_it_after_a_question()
    {
        foreach (KafkaBrokerResource broker in Builder().AddKafkaCluster("kafka", 2).Resource.Brokers)
        {
            ResourceCommandAnnotation[] commands = [.. broker.Annotations.OfType<ResourceCommandAnnotation>()];
            Assert.Equal(["kill", "pause", "resume"], commands.Select(c => c.Name));
            Assert.All(commands.Where(c => c.Name != "resume"), c => Assert.Contains(broker.Name, c.ConfirmationMessage, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_memory_limit_caps_swap_too_and_sets_the_heap()
    {
        IDistributedApplicationBuilder builder = Builder();
        IResourceBuilder<KafkaClusterResource> cluster = builder.AddKafkaCluster("kafka", 1).WithZooKeeper().WithMemoryLimit("768m", heap: "512m");
        List<object> arguments = [];
        await cluster.Resource.Brokers[0].Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>().Single().Callback(new(arguments));
        Assert.Equal<object>(["--memory", "768m", "--memory-swap", "768m"], arguments);
        IExecutionConfigurationResult found = await ExecutionConfigurationBuilder.Create(cluster.Resource.Brokers[0]).WithEnvironmentVariablesConfig().BuildAsync(builder.ExecutionContext, NullLogger.Instance, TestContext.Current.CancellationToken);
        Assert.Equal("-Xmx512m -Xms512m", found.EnvironmentVariables.Single(v => v.Key == "KAFKA_HEAP_OPTS").Value);
    }
}
