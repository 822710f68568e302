using CdcLab.Model;
using CdcLab.Model.Options;
using CdcLab.Model.Schema;
using Xunit;

namespace CdcLab.Tests.Model.Picture;

/// <summary>The model against the specification's tables; every expected value is copied from there, none from the code.</summary>
[Trait("tier", "model")]
public sealed class SpecificationTests
{
    private static readonly LabModel Containers = LabModel.From(new LabOptions(), LabPorts.From(0), LabRuntimeKind.Container);
    private static readonly LabModel Embedded = LabModel.From(new LabOptions(), LabPorts.From(0), LabRuntimeKind.Embedded);

    [Theory]
    [InlineData("mysql", "mysql:8.0", 1024, 512)]
    [InlineData("zookeeper", "confluentinc/cp-zookeeper:7.5.3", 384, 256)]
    [InlineData("kafka-1", "confluentinc/cp-kafka:7.5.3", 768, 512)]
    [InlineData("kafka-2", "confluentinc/cp-kafka:7.5.3", 768, 512)]
    [InlineData("kafka-3", "confluentinc/cp-kafka:7.5.3", 768, 512)]
    [InlineData("kafka-ui", "provectuslabs/kafka-ui", 384, null)]
    public void A_server_has_the_image_cap_and_heap_of_the_table(string name, string image, int cap, int? heap)
    {
        LabResource resource = Assert.Single(Containers.Resources, r => r.Name == name);

        Assert.Equal(image, resource.Image!.StartsWith("provectuslabs/", StringComparison.Ordinal) ? resource.Image.Split(':')[0] : resource.Image);
        Assert.Equal(cap * ByteSize.MiB, resource.MemoryCapBytes);
        Assert.Equal(heap * ByteSize.MiB, resource.HeapBytes);
    }

    [Fact]
    public void The_caps_sum_to_4096_MiB_and_the_embedded_runtime_leaves_Kafka_Ui_out()
    {
        Assert.Equal(4096 * ByteSize.MiB, Containers.CapSumBytes);
        Assert.Equal((4096 - 384) * ByteSize.MiB, Embedded.CapSumBytes);
        Assert.DoesNotContain(Embedded.Resources, r => r.Name == "kafka-ui");
    }

    [Theory]
    [InlineData("--binlog-format=ROW")]
    [InlineData("--binlog-row-image=FULL")]
    [InlineData("--gtid-mode=ON")]
    [InlineData("--enforce-gtid-consistency=ON")]
    [InlineData("--binlog-expire-logs-seconds=259200")]
    [InlineData("--innodb-buffer-pool-size=536870912")]
    [InlineData("--max-connections=100")]
    [InlineData("--default-time-zone=+00:00")]
    [InlineData("--loose-innodb-redo-log-capacity=134217728")]
    public void MySql_is_started_with_the_specifications_arguments(string argument) => Assert.Contains(argument, Embedded.MySql.Arguments());

    [Fact]
    public void MySql_has_a_binlog_and_a_server_id_and_nothing_that_8_4_no_longer_knows()
    {
        IReadOnlyList<string> arguments = Embedded.MySql.Arguments();
        Assert.Contains(arguments, a => a.StartsWith("--log-bin", StringComparison.Ordinal));
        Assert.Contains(arguments, a => a.StartsWith("--server-id=", StringComparison.Ordinal) && a != "--server-id=0");
        Assert.DoesNotContain(arguments, a => a.StartsWith("--expire-logs-days", StringComparison.Ordinal) || a.StartsWith("--default-authentication-plugin", StringComparison.Ordinal));
        // Durability stays at the server's defaults.
        Assert.DoesNotContain(arguments, a => a.StartsWith("--sync-binlog", StringComparison.Ordinal) || a.Contains("flush-log-at-trx-commit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("order_id", "bigint", "AUTO_INCREMENT")]
    [InlineData("user_id", "bigint", null)]
    [InlineData("symbol", "varchar(20)", null)]
    [InlineData("order_type", "enum('BUY','SELL')", null)]
    [InlineData("quantity", "int", null)]
    [InlineData("price", "decimal(15,2)", null)]
    [InlineData("status", "enum('PENDING','FILLED','CANCELLED','PARTIAL')", null)]
    [InlineData("created_at", "datetime(3)", null)]
    [InlineData("updated_at", "datetime(3)", "ON UPDATE CURRENT_TIMESTAMP(3)")]
    public void A_column_of_orders_is_that_of_the_table(string name, string type, string? extra)
    {
        ColumnSpec column = Assert.Single(OrdersSchema.Orders.Columns, c => c.Name == name);
        Assert.Equal(type, column.Type);
        if (extra is not null)
            Assert.Contains(extra, column.Extra, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tables_have_the_specifications_columns_keys_and_order()
    {
        Assert.Equal("cdclab", OrdersSchema.Database);
        Assert.Equal(["order_id", "user_id", "symbol", "order_type", "quantity", "price", "status", "created_at", "updated_at"], OrdersSchema.Orders.Columns.Select(c => c.Name));
        Assert.Equal("order_id", OrdersSchema.Orders.PrimaryKey);
        Assert.Equal(
            ["execution_id bigint", "order_id bigint", "quantity int", "price decimal(15,2)", "executed_at datetime(3)"], OrdersSchema.OrderExecutions.Columns.Select(c => $"{c.Name} {c.Type}"));
        Assert.Equal("execution_id", OrdersSchema.OrderExecutions.PrimaryKey);
        Assert.Equal(("order_id", "orders", "order_id"), OrdersSchema.OrderExecutions.ForeignKey);
        Assert.Contains(OrdersSchema.OrderExecutions.Indexes, i => i.Columns == "order_id");
    }

    [Fact]
    public void The_CDC_user_has_exactly_its_five_privileges_and_the_simulator_the_orders_schema_only()
    {
        Assert.Equal("'debezium'@'%'", DatabaseUser.Debezium.Account);
        Assert.Equal(["RELOAD", "REPLICATION CLIENT", "REPLICATION SLAVE", "SELECT", "SHOW DATABASES"], DatabaseUser.Debezium.Privileges.Order());
        Assert.Equal("*.*", DatabaseUser.Debezium.Scope);
        Assert.Equal("`cdclab`.*", DatabaseUser.Simulator.Scope);
    }

    [Theory]
    [InlineData("default.replication.factor", "3")]
    [InlineData("min.insync.replicas", "2")]
    [InlineData("num.partitions", "3")]
    [InlineData("log.retention.hours", "72")]
    [InlineData("log.retention.bytes", "1073741824")]
    [InlineData("offsets.topic.replication.factor", "3")]
    [InlineData("transaction.state.log.replication.factor", "3")]
    [InlineData("transaction.state.log.min.isr", "2")]
    [InlineData("unclean.leader.election.enable", "false")]
    [InlineData("inter.broker.listener.name", "INTERNAL")]
    // Fail-over settings (architecture).
    [InlineData("zookeeper.session.timeout.ms", "6000")]
    [InlineData("replica.lag.time.max.ms", "4000")]
    [InlineData("leader.imbalance.check.interval.seconds", "10")]
    [InlineData("controlled.shutdown.retry.backoff.ms", "500")]
    public void Every_broker_has_the_specifications_setting(string name, string value)
    {
        Assert.Equal(3, Embedded.Kafka.Brokers.Count);
        Assert.All(Containers.Kafka.Brokers.Concat(Embedded.Kafka.Brokers), b => Assert.Equal(value, Assert.Single(b.Settings, s => s.Name == name).Value));
    }

    [Fact]
    public void Each_side_is_told_addresses_that_work_there()
    {
        Assert.Equal("localhost:9092,localhost:9093,localhost:9094", Containers.Kafka.ExternalBootstrap);
        Assert.Equal("kafka-1:29092,kafka-2:29092,kafka-3:29092", Containers.Kafka.InternalBootstrap);
        Assert.Equal("localhost:9092,localhost:9093,localhost:9094", Embedded.Kafka.ExternalBootstrap);
        Assert.Equal("127.0.0.1:29092,127.0.0.1:29093,127.0.0.1:29094", Embedded.Kafka.InternalBootstrap);
        KafkaBroker second = Containers.Kafka.Brokers[1];
        Assert.Equal("INTERNAL://kafka-2:29092,EXTERNAL://localhost:9093", Assert.Single(second.Settings, s => s.Name == "advertised.listeners").Value);
    }

    [Fact]
    public void The_well_known_ports_are_the_specifications()
    {
        LabPorts ports = LabPorts.From(0);
        Assert.Equal((3306, 2181, 8080, 9092, 9094, 5180, 18888), (ports.MySql, ports.ZooKeeper, ports.KafkaUi, ports.External(1), ports.External(3), ports.Verifier, ports.Dashboard));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(65_505)]
    public void The_ports_of_a_block_are_all_different_and_inside_it(int portBase)
    {
        LabPorts ports = LabPorts.From(portBase);
        int[] all = [.. ports.Write().Where(p => !p.Key.StartsWith("First", StringComparison.Ordinal)).Select(p => int.Parse(p.Value)), .. Enumerable.Range(1, 9).SelectMany(i => new[] { ports.External(i), ports.Internal(i) })];

        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.All(all, p => Assert.InRange(p, portBase, portBase + LabPorts.BlockSize - 1));
        Assert.Equal((portBase, portBase + 1, portBase + 2, portBase + 3, portBase + 4, portBase + 5, portBase + 6, portBase + 7), (ports.MySql, ports.ZooKeeper, ports.KafkaUi, ports.Verifier, ports.Control, ports.Dashboard, ports.DashboardOtlp, ports.Simulator));
        Assert.Equal((portBase + 11, portBase + 21), (ports.External(1), ports.Internal(1)));
    }

    [Fact]
    public void What_waits_for_what_is_the_pictures_order()
    {
        LabResource Of(string name) => Assert.Single(Embedded.Resources, r => r.Name == name);
        Assert.Equal(["zookeeper"], Of("kafka-1").WaitsFor);
        Assert.Equal(["mysql"], Of("order-simulator").WaitsFor);
        Assert.Equal(["mysql", "kafka-1", "kafka-2", "kafka-3"], Of("verifier").WaitsFor);
        Assert.Empty(Of("mysql").WaitsFor);
    }

    [Fact]
    public void ZooKeeper_has_its_tick_and_no_admin_server()
    {
        Assert.Equal("2000", Assert.Single(Embedded.ZooKeeper.Settings, s => s.Name == "tickTime").Value);
        Assert.Equal("false", Assert.Single(Embedded.ZooKeeper.Settings, s => s.Name == "admin.enableServer").Value);
    }
}
