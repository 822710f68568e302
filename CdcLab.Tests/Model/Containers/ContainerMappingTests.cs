using CdcLab.Model;
using CdcLab.Model.Containers;
using CdcLab.Model.Options;
using Xunit;

namespace CdcLab.Tests.Model.Containers;

/// <summary>The containers against the specification's tables and the images' own rules; every expected value is written out here, none is taken from the code.</summary>
[Trait("tier", "model")]
public sealed class ContainerMappingTests
{
    private static readonly IReadOnlyList<ContainerSpec> Default = Specs(new LabOptions(), 0);

    [Fact]
    public void Every_server_of_the_specification_is_a_container_and_no_service_is() =>
        Assert.Equal(["mysql", "zookeeper", "kafka-1", "kafka-2", "kafka-3", "kafka-ui"], Default.Select(s => s.Resource.Name));

    [Theory]
    [InlineData("mysql", "mysql:8.0", 1024)]
    [InlineData("zookeeper", "confluentinc/cp-zookeeper:7.5.3", 384)]
    [InlineData("kafka-1", "confluentinc/cp-kafka:7.5.3", 768)]
    [InlineData("kafka-2", "confluentinc/cp-kafka:7.5.3", 768)]
    [InlineData("kafka-3", "confluentinc/cp-kafka:7.5.3", 768)]
    [InlineData("kafka-ui", "provectuslabs/kafka-ui:v0.7.2", 384)]
    public void A_container_has_the_image_and_the_cap_of_the_table(string name, string image, int cap)
    {
        ContainerSpec spec = Spec(name);

        Assert.Equal(image, spec.Image);
        Assert.Equal(cap * 1024L * 1024, spec.MemoryBytes);
    }

    [Theory]
    [InlineData("zookeeper", "KAFKA_HEAP_OPTS", "-Xmx256m -Xms256m")]
    [InlineData("kafka-2", "KAFKA_HEAP_OPTS", "-Xmx512m -Xms512m")]
    [InlineData("kafka-ui", "JAVA_OPTS", "-Xmx192m")]
    [InlineData("zookeeper", "ZOOKEEPER_CLIENT_PORT", "2181")]
    [InlineData("zookeeper", "ZOOKEEPER_TICK_TIME", "2000")]
    [InlineData("zookeeper", "ZOOKEEPER_ADMIN_ENABLE_SERVER", "false")]
    [InlineData("zookeeper", "ZOOKEEPER_AUTOPURGE_PURGE_INTERVAL", "1")]
    [InlineData("zookeeper", "KAFKA_OPTS", "-Dzookeeper.4lw.commands.whitelist=srvr,ruok,mntr,conf")]
    [InlineData("kafka-2", "KAFKA_BROKER_ID", "2")]
    [InlineData("kafka-2", "KAFKA_ZOOKEEPER_CONNECT", "zookeeper:2181")]
    [InlineData("kafka-2", "KAFKA_LISTENERS", "INTERNAL://0.0.0.0:29092,EXTERNAL://0.0.0.0:9093")]
    [InlineData("kafka-2", "KAFKA_ADVERTISED_LISTENERS", "INTERNAL://kafka-2:29092,EXTERNAL://localhost:9093")]
    [InlineData("kafka-2", "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT")]
    [InlineData("kafka-2", "KAFKA_INTER_BROKER_LISTENER_NAME", "INTERNAL")]
    [InlineData("kafka-2", "KAFKA_DEFAULT_REPLICATION_FACTOR", "3")]
    [InlineData("kafka-2", "KAFKA_MIN_INSYNC_REPLICAS", "2")]
    [InlineData("kafka-2", "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "3")]
    [InlineData("kafka-2", "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "3")]
    [InlineData("kafka-2", "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "2")]
    [InlineData("kafka-2", "KAFKA_UNCLEAN_LEADER_ELECTION_ENABLE", "false")]
    [InlineData("kafka-2", "KAFKA_LOG_RETENTION_HOURS", "72")]
    [InlineData("kafka-2", "KAFKA_LOG_RETENTION_BYTES", "1073741824")]
    [InlineData("kafka-2", "KAFKA_NUM_PARTITIONS", "3")]
    [InlineData("kafka-ui", "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS", "kafka-1:29092,kafka-2:29092,kafka-3:29092")]
    [InlineData("kafka-ui", "KAFKA_CLUSTERS_0_READONLY", "true")]
    [InlineData("kafka-ui", "AUTH_TYPE", "LOGIN_FORM")]
    [InlineData("kafka-ui", "SPRING_SECURITY_USER_NAME", "cdclab")]
    public void A_container_is_told_what_the_specification_says(string name, string variable, string value) =>
        Assert.Equal(value, Assert.Single(Spec(name).Environment, v => v.Key == variable).Value);

    [Theory]
    [InlineData("--binlog-format=ROW")]
    [InlineData("--binlog-row-image=FULL")]
    [InlineData("--gtid-mode=ON")]
    [InlineData("--enforce-gtid-consistency=ON")]
    [InlineData("--binlog-expire-logs-seconds=259200")]
    [InlineData("--innodb-buffer-pool-size=536870912")]
    [InlineData("--max-connections=100")]
    [InlineData("--default-time-zone=+00:00")]
    public void MySQL_gets_the_arguments_of_the_specification(string argument) => Assert.Contains(argument, Spec("mysql").Arguments);

    [Theory]
    [InlineData("mysql", "127.0.0.1:3306:3306")]
    [InlineData("zookeeper", "127.0.0.1:2181:2181")]
    [InlineData("kafka-1", "127.0.0.1:9092:9092")]
    [InlineData("kafka-3", "127.0.0.1:9094:9094")]
    [InlineData("kafka-ui", "127.0.0.1:8080:8080")]
    public void Ports_are_published_on_loopback_and_INTERNAL_is_not_published(string name, string published) =>
        Assert.Equal([published], Published(Spec(name)));

    [Fact]
    public void A_block_moves_the_published_ports_and_a_broker_listens_on_the_port_that_clients_are_told()
    {
        IReadOnlyList<ContainerSpec> moved = Specs(new LabOptions { PortBase = 29_000 }, 29_000);

        Assert.Equal(["127.0.0.1:29000:3306"], Published(moved[0]));
        Assert.Equal(["127.0.0.1:29012:29012"], Published(moved[3]));
        Assert.Contains(moved[3].Environment, v => v is { Key: "KAFKA_ADVERTISED_LISTENERS", Value: "INTERNAL://kafka-2:29092,EXTERNAL://localhost:29012" });
    }

    [Fact]
    public void A_bind_address_moves_all_but_ZooKeeper_and_the_services_still_reach_MySQL_on_loopback()
    {
        IReadOnlyList<ContainerSpec> open = Specs(new LabOptions { BindAddress = "192.168.0.7" }, 0);

        Assert.Equal(["192.168.0.7:3306:3306", "127.0.0.1:3306:3306"], Published(open[0]));
        Assert.Equal(["127.0.0.1:2181:2181"], Published(open[1]));
        Assert.Equal(["192.168.0.7:9092:9092"], Published(open[2]));
        Assert.Equal(["192.168.0.7:8080:8080"], Published(open[5]));
    }

    [Theory]
    [InlineData("mysql", "mysql-data:/var/lib/mysql")]
    [InlineData("zookeeper", "zookeeper-data:/var/lib/zookeeper/data zookeeper-log:/var/lib/zookeeper/log")]
    [InlineData("kafka-3", "kafka-3-data:/var/lib/kafka/data")]
    [InlineData("kafka-ui", "")]
    public void Data_lies_in_named_volumes_that_of_ZooKeeper_with_that_of_Kafka(string name, string volumes) =>
        Assert.Equal(volumes, string.Join(' ', Spec(name).Volumes.Select(v => $"{v.Name}:{v.Path}")));

    [Fact]
    public void Secrets_are_named_and_never_values()
    {
        Assert.Equal([KeyValuePair.Create("MYSQL_ROOT_PASSWORD", ContainerSecret.MySqlRoot)], Spec("mysql").Secrets);
        Assert.Equal([KeyValuePair.Create("SPRING_SECURITY_USER_PASSWORD", ContainerSecret.KafkaUi)], Spec("kafka-ui").Secrets);
    }

    [Fact]
    public void An_open_Kafka_UI_is_writable_and_has_no_login()
    {
        ContainerSpec ui = Specs(new LabOptions { KafkaUi = new KafkaUiOptions { Open = true } }, 0)[5];

        Assert.Contains(ui.Environment, v => v is { Key: "KAFKA_CLUSTERS_0_READONLY", Value: "false" });
        Assert.Contains(ui.Environment, v => v is { Key: "AUTH_TYPE", Value: "DISABLED" });
        Assert.Empty(ui.Secrets);
    }

    [Theory]
    [InlineData("min.insync.replicas", "KAFKA_MIN_INSYNC_REPLICAS")]
    [InlineData("a_b-c.d", "KAFKA_A__B___C_D")]
    public void A_broker_setting_is_the_variable_of_the_image(string setting, string variable) => Assert.Equal(variable, ContainerMapping.KafkaVariable(setting));

    [Theory]
    [InlineData("default", "cdclab", "cdclab-kafka-1")]
    [InlineData("two", "cdclab-two", "cdclab-two-kafka-1")]
    public void Names_carry_the_lab(string lab, string network, string container)
    {
        Assert.Equal(network, ContainerNames.Lab(lab));
        Assert.Equal(container, ContainerNames.Of(lab, "kafka-1"));
    }

    private static ContainerSpec Spec(string name) => Assert.Single(Default, s => s.Resource.Name == name);

    private static string[] Published(ContainerSpec spec) => [.. spec.Ports.Select(p => $"{p.BindAddress}:{p.Outside}:{p.Inside}")];

    private static IReadOnlyList<ContainerSpec> Specs(LabOptions options, int portBase) =>
        ContainerMapping.Of(LabModel.From(options, LabPorts.From(portBase), LabRuntimeKind.Container));
}
