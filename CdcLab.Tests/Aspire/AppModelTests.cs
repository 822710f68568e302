using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using CdcLab.Model.Containers;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.View;
using Xunit;

namespace CdcLab.Tests.Aspire;

/// <summary>The application model against the specification, resource by resource, as it is evaluated at a start. Expected values are copied from the specification, or are the model's, which is itself compared with it.</summary>
[Trait("tier", "aspire")]
public sealed class AppModelTests : IDisposable
{
    private readonly LabUnderTest _lab = new();

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("mysql", null, "mysql", "8.0", "cdclab-mysql")]
    [InlineData("zookeeper", null, "confluentinc/cp-zookeeper", "7.5.3", "cdclab-zookeeper")]
    [InlineData("kafka-1", null, "confluentinc/cp-kafka", "7.5.3", "cdclab-kafka-1")]
    [InlineData("kafka-2", null, "confluentinc/cp-kafka", "7.5.3", "cdclab-kafka-2")]
    [InlineData("kafka-3", null, "confluentinc/cp-kafka", "7.5.3", "cdclab-kafka-3")]
    [InlineData("kafka-ui", null, "provectuslabs/kafka-ui", "v0.7.2", "cdclab-kafka-ui")]
    public void A_server_has_its_image_and_a_fixed_name(string name, string? registry, string image, string tag, string container)
    {
        ContainerImageAnnotation found = _lab.Annotation<ContainerImageAnnotation>(name);
        Assert.Equal((registry, image, tag), (found.Registry, found.Image, found.Tag));
        Assert.Equal(container, _lab.Annotation<ContainerNameAnnotation>(name).Name);
    }

    [Theory]
    [InlineData("mysql", 1024)]
    [InlineData("zookeeper", 384)]
    [InlineData("kafka-1", 768)]
    [InlineData("kafka-2", 768)]
    [InlineData("kafka-3", 768)]
    [InlineData("kafka-ui", 384)]
    public async Task A_server_is_capped_swap_included_and_its_log_is_bounded(string name, int mebibytes)
    {
        IReadOnlyList<string> arguments = await _lab.RuntimeArgumentsAsync(name);
        string cap = (mebibytes * ByteSize.MiB).ToString();
        Assert.Equal(cap, arguments[arguments.Index().First(a => a.Item == "--memory").Index + 1]);
        Assert.Equal(cap, arguments[arguments.Index().First(a => a.Item == "--memory-swap").Index + 1]);
        Assert.Contains("max-size=10m", arguments);
    }

    [Theory]
    [InlineData("mysql", "tcp", 3306, 3306, "127.0.0.1")]
    [InlineData("zookeeper", "client", 2181, 2181, "127.0.0.1")]
    [InlineData("kafka-1", "external", 9092, 9092, "127.0.0.1")]
    [InlineData("kafka-2", "external", 9093, 9093, "127.0.0.1")]
    [InlineData("kafka-3", "external", 9094, 9094, "127.0.0.1")]
    [InlineData("kafka-ui", "http", 8080, 8080, "127.0.0.1")]
    public void A_server_has_one_fixed_port_that_is_not_proxied(string name, string endpoint, int port, int inside, string bind)
    {
        EndpointAnnotation found = Assert.Single(_lab.Get(name).Annotations.OfType<EndpointAnnotation>());
        Assert.Equal((endpoint, (int?)port, (int?)inside, bind), (found.Name, found.Port, found.TargetPort, found.TargetHost));
        Assert.False(found.IsProxied);
        Assert.Equal(ProtocolType.Tcp, found.Protocol);
    }

    [Theory]
    [InlineData("order-simulator", 40002)]
    [InlineData("verifier", 5180)]
    public void A_service_has_one_fixed_port_that_is_not_proxied(string name, int port)
    {
        EndpointAnnotation found = Assert.Single(_lab.Get(name).Annotations.OfType<EndpointAnnotation>());
        Assert.Equal(((int?)port, "127.0.0.1"), (found.Port, found.TargetHost));
        Assert.False(found.IsProxied);
    }

    [Theory]
    [InlineData("mysql", "/var/lib/mysql")]
    [InlineData("zookeeper", "/var/lib/zookeeper/data", "/var/lib/zookeeper/log")]
    [InlineData("kafka-1", "/var/lib/kafka/data")]
    [InlineData("kafka-3", "/var/lib/kafka/data")]
    public void A_server_keeps_its_data_in_named_volumes_of_the_lab(string name, params string[] targets)
    {
        ContainerMountAnnotation[] mounts = [.. _lab.Get(name).Annotations.OfType<ContainerMountAnnotation>()];
        Assert.Equal(targets.Order(), mounts.Select(m => m.Target).Order());
        Assert.All(mounts, m =>
        {
            Assert.Equal(ContainerMountType.Volume, m.Type);
            Assert.StartsWith($"cdclab-{name}-", m.Source, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task MySql_has_the_models_arguments_and_roots_password_only()
    {
        Assert.Equal(_lab.Model.MySql.Arguments(), await _lab.ArgumentsAsync("mysql"));
        IReadOnlyDictionary<string, string> environment = await _lab.EnvironmentAsync("mysql");
        Assert.Equal("root-pw", environment["MYSQL_ROOT_PASSWORD"]);
        Assert.DoesNotContain(environment.Values, v => v is "debezium-pw" or "simulator-pw" or "the-token");
    }

    [Fact]
    public async Task Each_container_is_what_the_standalone_host_would_make_and_nothing_besides()
    {
        foreach (ContainerSpec expected in ContainerMapping.Of(_lab.Model))
        {
            string name = expected.Resource.Name;
            Dictionary<string, string> variables = expected.Environment.ToDictionary(v => v.Key, v => v.Value);
            foreach ((string variable, ContainerSecret secret) in expected.Secrets)
                variables[variable] = secret == ContainerSecret.MySqlRoot ? "root-pw" : "ui-pw";
            Assert.Equal(variables.OrderBy(v => v.Key), (await _lab.EnvironmentAsync(name)).OrderBy(v => v.Key));
            Assert.Equal(expected.Arguments, await _lab.ArgumentsAsync(name));
            Assert.Equal(
                expected.Volumes.Select(v => ($"cdclab-{v.Name}", v.Path)).Order(),
                _lab.Get(name).Annotations.OfType<ContainerMountAnnotation>().Select(m => (m.Source!, m.Target)).Order());
            Assert.Equal(
                expected.Ports.Select(p => ((int?)p.Outside, (int?)p.Inside, p.BindAddress)),
                _lab.Get(name).Annotations.OfType<EndpointAnnotation>().Select(e => (e.Port, e.TargetPort, e.TargetHost)));
        }
    }

    [Fact]
    public async Task A_broker_has_the_settings_of_the_specification()
    {
        IReadOnlyDictionary<string, string> environment = await _lab.EnvironmentAsync("kafka-1");
        foreach ((string variable, string value) in ((string, string)[])
        [
            ("KAFKA_NUM_PARTITIONS", "3"), ("KAFKA_DEFAULT_REPLICATION_FACTOR", "3"), ("KAFKA_MIN_INSYNC_REPLICAS", "2"), ("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "3"),
            ("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "3"), ("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "2"), ("KAFKA_HEAP_OPTS", "-Xmx512m -Xms512m"),
        ])
            Assert.Equal(value, environment[variable]);
    }

    [Theory]
    [InlineData("mysql")]
    [InlineData("zookeeper")]
    [InlineData("kafka-2")]
    [InlineData("kafka-ui")]
    public async Task A_server_says_whose_it_is(string name)
    {
        IReadOnlyList<string> arguments = await _lab.RuntimeArgumentsAsync(name);
        string[] labels = [.. arguments.Index().Where(a => a.Index > 0 && arguments[a.Index - 1] == "--label").Select(a => a.Item)];
        Assert.Equal(["cdclab.data-directory=/data/of/the/lab", "cdclab.lab=default", $"cdclab.resource={name}"], labels.Order());
    }

    [Fact]
    public void Every_resource_has_the_commands_of_the_view_and_none_is_missing()
    {
        foreach (ResourceView view in LabView.Of(new LabSnapshot { Model = _lab.Model, StartedAt = DateTimeOffset.UtcNow }))
        {
            // Start, stop and restart are Aspire's own, and come at a start.
            string[] expected = [.. view.Commands.Select(c => c.Name).Except(["start", "stop", "restart"])];
            ResourceCommandAnnotation[] found = [.. _lab.Get(view.Name).Annotations.OfType<ResourceCommandAnnotation>()];
            Assert.Equal(expected.Order(), found.Select(c => c.Name).Order());
            Assert.All(found.Where(c => c.Name is "kill" or "pause"), c => Assert.False(string.IsNullOrEmpty(c.ConfirmationMessage)));
            Assert.NotEmpty(expected);
        }
    }

    [Fact]
    public void Verdicts_are_health_of_the_verifier_for_which_nothing_waits()
    {
        string[] checks = [.. _lab.Get("verifier").Annotations.OfType<HealthCheckAnnotation>().Select(h => h.Key)];
        Assert.Contains("verdicts-mysql", checks);
        Assert.Contains("verdicts-kafka", checks);
        Assert.DoesNotContain(_lab.Resources, r => _lab.WaitsFor(r.Name).Contains("verifier"));
        Assert.All(_lab.Resources.Where(r => r.Name != "verifier"), r => Assert.DoesNotContain(r.Annotations.OfType<HealthCheckAnnotation>(), h => h.Key.StartsWith("verdicts-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task No_container_refers_to_a_process_on_the_host()
    {
        foreach (string name in _lab.Model.Resources.Where(r => r.Kind == ResourceKind.Server).Select(r => r.Name))
            Assert.DoesNotContain(await _lab.EnvironmentAsync(name), v => v.Key.StartsWith("OTEL_", StringComparison.Ordinal) || v.Value.Contains(LabUnderTest.OnTheHost, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broker_tells_each_side_an_address_that_works_there()
    {
        IReadOnlyDictionary<string, string> second = await _lab.EnvironmentAsync("kafka-2");
        Assert.Equal("INTERNAL://kafka-2:29092,EXTERNAL://localhost:9093", second["KAFKA_ADVERTISED_LISTENERS"]);
        Assert.Equal("INTERNAL://0.0.0.0:29092,EXTERNAL://0.0.0.0:9093", second["KAFKA_LISTENERS"]);
        Assert.Equal("zookeeper:2181", second["KAFKA_ZOOKEEPER_CONNECT"]);
        Assert.Equal("2", second["KAFKA_BROKER_ID"]);
        Assert.Equal("2", second["KAFKA_MIN_INSYNC_REPLICAS"]);
    }

    [Fact]
    public async Task ZooKeeper_has_its_port_tick_heap_and_no_admin_server()
    {
        IReadOnlyDictionary<string, string> environment = await _lab.EnvironmentAsync("zookeeper");
        Assert.Equal("2181", environment["ZOOKEEPER_CLIENT_PORT"]);
        Assert.Equal("2000", environment["ZOOKEEPER_TICK_TIME"]);
        Assert.Equal("-Xmx256m -Xms256m", environment["KAFKA_HEAP_OPTS"]);
        Assert.Equal("false", environment["ZOOKEEPER_ADMIN_ENABLE_SERVER"]);
        Assert.Contains("-Dzookeeper.4lw.commands.whitelist=srvr,ruok,mntr,conf", environment["KAFKA_OPTS"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kafka_Ui_reaches_the_brokers_inside_is_read_only_and_asks_for_a_login()
    {
        IReadOnlyDictionary<string, string> environment = await _lab.EnvironmentAsync("kafka-ui");
        Assert.Equal("kafka-1:29092,kafka-2:29092,kafka-3:29092", environment["KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS"]);
        Assert.Equal("true", environment["KAFKA_CLUSTERS_0_READONLY"]);
        Assert.Equal("LOGIN_FORM", environment["AUTH_TYPE"]);
        Assert.Equal("ui-pw", environment["SPRING_SECURITY_USER_PASSWORD"]);
    }

    [Theory]
    [InlineData("order-simulator", "simulator", "simulator-pw", "Lab__Passwords__Simulator")]
    [InlineData("verifier", "debezium", "debezium-pw", "Lab__Passwords__Debezium")]
    public async Task A_service_logs_in_as_its_own_user_and_never_as_root(string name, string user, string password, string variable)
    {
        IReadOnlyDictionary<string, string> environment = await _lab.EnvironmentAsync(name);
        Assert.Equal(password, environment[variable]);
        Assert.Equal($"Server=localhost;Port=3306;Database=cdclab;User ID={user};Password={password}", environment["ConnectionStrings__cdclab"]);
        Assert.DoesNotContain(environment.Values, v => v.Contains("root", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(environment.Values, v => v.Contains(password == "debezium-pw" ? "simulator-pw" : "debezium-pw", StringComparison.Ordinal));
        Assert.Equal("the-token", environment["Lab__Token"]);
        Assert.Equal("/data/of/the/lab", environment["Lab__DataDirectory"]);
        Assert.Equal("40001", environment["Lab__Ports__Control"]);
        Assert.Equal("container", environment["Lab__Abilities__Runtime"]);
    }

    [Fact]
    public async Task The_verifier_gets_all_brokers_as_a_connection_string_for_processes_on_the_host()
    {
        IReadOnlyDictionary<string, string> environment = await _lab.EnvironmentAsync("verifier");
        Assert.Equal("localhost:9092,localhost:9093,localhost:9094", environment["ConnectionStrings__kafka"]);
    }

    [Theory]
    [InlineData("mysql")]
    [InlineData("zookeeper")]
    [InlineData("kafka-1", "zookeeper")]
    [InlineData("kafka-3", "zookeeper")]
    [InlineData("kafka", "kafka-1", "kafka-2", "kafka-3")]
    [InlineData("kafka-ui", "kafka")]
    [InlineData("order-simulator", "mysql", "orders")]
    [InlineData("verifier", "mysql", "orders", "kafka")]
    public void What_waits_for_what_is_the_pictures_order(string name, params string[] before) => Assert.Equal(before.Order(), _lab.WaitsFor(name).Order());

    [Fact]
    public void The_brokers_are_shown_below_their_cluster()
    {
        foreach (string broker in (string[])["kafka-1", "kafka-2", "kafka-3"])
        {
            ResourceRelationshipAnnotation parent = Assert.Single(_lab.Get(broker).Annotations.OfType<ResourceRelationshipAnnotation>(), r => r.Type == "Parent");
            Assert.Equal("kafka", parent.Resource.Name);
        }
    }

    [Theory]
    [InlineData("mysql")]
    [InlineData("zookeeper")]
    [InlineData("kafka")]
    [InlineData("kafka-1")]
    [InlineData("kafka-ui")]
    [InlineData("order-simulator")]
    [InlineData("verifier")]
    public void Everything_that_is_waited_for_or_shown_has_a_check(string name) => Assert.NotEmpty(_lab.Get(name).Annotations.OfType<HealthCheckAnnotation>());

    [Fact]
    public void Nothing_of_the_lab_is_missing_and_nothing_else_is_there()
    {
        string[] lab = [.. _lab.Model.Resources.Select(r => r.Name), "kafka", "orders", "mysql-as-debezium", "mysql-as-simulator", "mysql-root-password", "mysql-debezium-password", "mysql-simulator-password", "kafka-ui-password", "lab-token"];
        Assert.Equal(lab.Order(), _lab.Resources.Select(r => r.Name).Where(n => !n.EndsWith("-rebuilder", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task Another_lab_has_other_names_volumes_and_ports_and_more_brokers_if_it_wants()
    {
        using LabUnderTest other = new(new LabOptions { Name = "second", PortBase = 21000, Kafka = new() { Brokers = 4 }, KafkaUi = new() { Open = true } });
        Assert.Equal("cdclab-second-kafka-4", other.Annotation<ContainerNameAnnotation>("kafka-4").Name);
        Assert.StartsWith("cdclab-second-mysql", other.Annotation<ContainerMountAnnotation>("mysql").Source, StringComparison.Ordinal);
        Assert.Equal(21014, other.Annotation<EndpointAnnotation>("kafka-4").Port);
        Assert.Equal("INTERNAL://kafka-4:29092,EXTERNAL://localhost:21014", (await other.EnvironmentAsync("kafka-4"))["KAFKA_ADVERTISED_LISTENERS"]);
        Assert.Equal("DISABLED", (await other.EnvironmentAsync("kafka-ui"))["AUTH_TYPE"]);
        Assert.Equal("localhost:21011,localhost:21012,localhost:21013,localhost:21014", (await other.EnvironmentAsync("verifier"))["ConnectionStrings__kafka"]);
    }
}
