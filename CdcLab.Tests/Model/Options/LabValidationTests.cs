using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using Xunit;

namespace CdcLab.Tests.Model.Options;

[Trait("tier", "model")]
public sealed class LabValidationTests
{
    private static readonly MachineFacts Machine = new()
    {
        TotalMemoryBytes = 16 * ByteSize.GiB,
        LocalAddresses = ["127.0.0.1", "192.168.0.7"],
        DataDirectory = new("/home/me/lab", DataDirectoryState.Missing),
    };

    [Fact]
    public void The_defaults_have_no_fault() => Assert.Empty(Judge());

    [Theory]
    // What does not fit its cap, or is too small to start.
    [InlineData("Lab:Kafka:Heap", "768m", "at most 640m")]
    [InlineData("Lab:Kafka:Heap", "1024m", "at most 640m")]
    [InlineData("Lab:Kafka:Heap", "0", "is too small")]
    [InlineData("Lab:Kafka:Heap", "9000000000g", "cannot be read")]
    [InlineData("Lab:Kafka:Heap", "8000000000g", "at most 640m")]
    [InlineData("Lab:Kafka:Heap", "-1", "cannot be read")]
    [InlineData("Lab:Kafka:Heap", "1.5g", "cannot be read")]
    [InlineData("Lab:Kafka:MemoryCap", "512m", "at least 640m")]
    [InlineData("Lab:Kafka:MemoryCap", "1", "is too small")]
    [InlineData("Lab:ZooKeeper:Heap", "384m", "at most 256m")]
    [InlineData("Lab:ZooKeeper:Heap", "257m", "at most 256m")]
    [InlineData("Lab:ZooKeeper:MemoryCap", "256m", "at least 384m")]
    [InlineData("Lab:MySql:BufferPool", "1g", "at most 768m")]
    [InlineData("Lab:MySql:BufferPool", "1m", "at least 5m")]
    [InlineData("Lab:MySql:MemoryCap", "600m", "at least 768m")]
    [InlineData("Lab:MySql:MemoryCap", "0", "is too small")]
    [InlineData("Lab:MySql:MemoryCap", "lots", "cannot be read")]
    [InlineData("Lab:KafkaUi:MemoryCap", "16m", "is too small")]
    [InlineData("Lab:MySql:MemoryCap", "64g", "sum to")]
    [InlineData("Lab:Kafka:MemoryCap", "6g", "sum to 19,840 MiB, and this machine has 16,384 MiB")]
    [InlineData("Lab:Kafka:MemoryCap", "8000000000g", "sum to")]
    // The cluster.
    [InlineData("Lab:Kafka:Brokers", "0", "from 1 to 9")]
    [InlineData("Lab:Kafka:Brokers", "-3", "from 1 to 9")]
    [InlineData("Lab:Kafka:Brokers", "10", "from 1 to 9")]
    [InlineData("Lab:Kafka:Brokers", "2147483647", "from 1 to 9")]
    [InlineData("Lab:Kafka:Brokers", "2147483648", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "three", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "3.0", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "1e1", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "３", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "2", "Lab:Kafka:ReplicationFactor = 3")]
    [InlineData("Lab:Kafka:ReplicationFactor", "4", "Lab:Kafka:Brokers = 3")]
    [InlineData("Lab:Kafka:ReplicationFactor", "0", "from 1 to 9")]
    [InlineData("Lab:Kafka:ReplicationFactor", "1", "Lab:Kafka:MinInSyncReplicas = 2")]
    [InlineData("Lab:Kafka:MinInSyncReplicas", "4", "Lab:Kafka:ReplicationFactor = 3")]
    [InlineData("Lab:Kafka:MinInSyncReplicas", "0", "from 1 to 9")]
    [InlineData("Lab:Kafka:Partitions", "0", "from 1 to 1000")]
    [InlineData("Lab:Kafka:Partitions", "1001", "from 1 to 1000")]
    [InlineData("Lab:Kafka:RetentionHours", "0", "is out of range")]
    [InlineData("Lab:Kafka:RetentionHours", "-1", "is out of range")]
    [InlineData("Lab:Kafka:RetentionBytes", "0", "is too small")]
    [InlineData("Lab:Kafka:RetentionBytes", "8000000000g", "is too large")]
    [InlineData("Lab:Kafka:SegmentBytes", "1k", "at least 1m")]
    [InlineData("Lab:Kafka:SegmentBytes", "2g", "at most 2147483647")]
    [InlineData("Lab:Kafka:SessionTimeout", "3s", "4s to 40s")]
    [InlineData("Lab:Kafka:SessionTimeout", "41s", "4s to 40s")]
    [InlineData("Lab:Kafka:SessionTimeout", "6", "cannot be read")]
    [InlineData("Lab:Kafka:SessionTimeout", "-6s", "cannot be read")]
    [InlineData("Lab:Kafka:SessionTimeout", "00:00:06.00001", "whole number of milliseconds")]
    [InlineData("Lab:ZooKeeper:TickTime", "4s", "outside ZooKeeper's 2 to 20 ticks")]
    [InlineData("Lab:ZooKeeper:TickTime", "200ms", "outside ZooKeeper's 2 to 20 ticks")]
    [InlineData("Lab:ZooKeeper:TickTime", "0s", "is out of range")]
    [InlineData("Lab:Kafka:ReplicaLagTime", "0s", "is out of range")]
    [InlineData("Lab:Kafka:ReplicaLagTime", "6m", "from 500ms to 5m")]
    [InlineData("Lab:Kafka:LeaderImbalanceCheckInterval", "500ms", "is out of range")]
    [InlineData("Lab:Kafka:LeaderImbalanceCheckInterval", "1500ms", "whole number of seconds")]
    [InlineData("Lab:Kafka:ControlledShutdownBackoff", "5m", "is out of range")]
    [InlineData("Lab:Kafka:Source", "apt", "one of auto, home, archive, npm")]
    [InlineData("Lab:Kafka:Source", "0", "one of auto, home, archive, npm")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/kafka.zip", "kafka_2.13-3.5.2.tgz")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/", "kafka_2.13-3.5.2.tgz")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://me:secret@127.0.0.1/kafka_2.13-3.5.2.tgz", "user name or password")]
    [InlineData("Lab:Kafka:ArchiveUrl", "ftp://127.0.0.1/kafka_2.13-3.5.2.tgz", "cannot be read")]
    [InlineData("Lab:Kafka:ArchiveUrl", "kafka_2.13-3.5.2.tgz", "cannot be read")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/kafka_2.13-4.0.0.tgz", "without ZooKeeper")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/kafka_2.11-0.9.0.1.tgz", "before 1.0")]
    [InlineData("Lab:Kafka:Image", "confluentinc/cp-kafka:7.5.3 --privileged", "not the name of a container image")]
    [InlineData("Lab:MySql:Image", "MySQL:8.0", "not the name of a container image")]
    [InlineData("Lab:ZooKeeper:Image", "http://x/y", "not the name of a container image")]
    // MySQL, the market, the verifier.
    [InlineData("Lab:MySql:MaxConnections", "0", "from 1 to 100000")]
    [InlineData("Lab:MySql:MaxConnections", "10", "at least 14")]
    [InlineData("Lab:MySql:BinlogRetention", "0s", "is out of range")]
    [InlineData("Lab:MySql:BinlogRetention", "500ms", "is out of range")]
    [InlineData("Lab:MySql:BinlogRetention", "90.5s", "whole number of seconds")]
    [InlineData("Lab:MySql:BinlogRetention", "60000d", "is out of range")]
    [InlineData("Lab:MySql:BinlogRetention", "99999999999d", "cannot be read")]
    [InlineData("Lab:MySql:BinlogRetention", "259200", "cannot be read")]
    [InlineData("Lab:Simulator:Workers", "0", "from 1 to 64")]
    [InlineData("Lab:Simulator:Workers", "65", "from 1 to 64")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "NaN", "cannot be read")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "Infinity", "cannot be read")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "-20", "cannot be read")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "1e3", "cannot be read")]
    [InlineData("Lab:Simulator:Seed", "x", "cannot be read")]
    [InlineData("Lab:Simulator:KeepOrders", "0", "from 1000")]
    [InlineData("Lab:Simulator:KeepOrders", "-1", "from 1000")]
    [InlineData("Lab:Simulator:KeepOrders", "99999999999999999999", "cannot be read")]
    [InlineData("Lab:Verifier:Interval", "0s", "from 1s to 1h")]
    [InlineData("Lab:Verifier:Interval", "2h", "from 1s to 1h")]
    [InlineData("Lab:Verifier:ProbeInterval", "2s", "from 10ms to 1s")]
    [InlineData("Lab:Verifier:ProbeInterval", "1ms", "from 10ms to 1s")]
    [InlineData("Lab:Verifier:MaxLatency", "0s", "is out of range")]
    [InlineData("Lab:Verifier:MaxLatency", "1h", "is out of range")]
    // Names, addresses, ports.
    [InlineData("Lab:Name", "My Lab", "lower-case letters")]
    [InlineData("Lab:Name", "-x", "lower-case letters")]
    [InlineData("Lab:Name", "../x", "lower-case letters")]
    [InlineData("Lab:Name", "a\nb", "control character")]
    [InlineData("Lab:Name", " ", "cannot be read")]
    [InlineData("Lab:Runtime", "podman", "one of auto, embedded, container")]
    [InlineData("Lab:Runtime", "1", "one of auto, embedded, container")]
    [InlineData("Lab:BindAddress", "localhost", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "::", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "1", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "256.0.0.1", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "010.0.0.1", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "10.9.8.7", "is not an address of this machine")]
    [InlineData("Lab:BindAddress", "127.0.0.2", "127.0.0.1 would do")]
    [InlineData("Lab:Kafka:AdvertisedHost", "my host", "is neither a host name nor an IPv4 address")]
    [InlineData("Lab:Kafka:AdvertisedHost", "http://host", "is neither a host name nor an IPv4 address")]
    [InlineData("Lab:Kafka:AdvertisedHost", "host:9092", "is neither a host name nor an IPv4 address")]
    [InlineData("Lab:Kafka:AdvertisedHost", "999.1.1.1", "is neither a host name nor an IPv4 address")]
    [InlineData("Lab:Kafka:AdvertisedHost", "0.0.0.0", "no address that a client could connect to")]
    [InlineData("Lab:Kafka:AdvertisedHost", "a\u0007b", "control character")]
    [InlineData("Lab:PortBase", "-1", "is out of range")]
    [InlineData("Lab:PortBase", "80", "only root may listen")]
    [InlineData("Lab:PortBase", "65530", "from 1024 to 65505")]
    [InlineData("Lab:PortBase", "70000", "from 1024 to 65505")]
    [InlineData("Lab:Dashboard:Port", "0", "is out of range")]
    [InlineData("Lab:Dashboard:Port", "99999", "is out of range")]
    [InlineData("Lab:Dashboard:Port", "9093", "is the port of kafka-2 (EXTERNAL)")]
    [InlineData("Lab:Dashboard:Port", "3306", "is the port of mysql")]
    [InlineData("Lab:Dashboard:Enabled", "yes", "true or false")]
    [InlineData("Lab:Dashboard:Path", "a\0b", "control character")]
    [InlineData("Lab:DataDirectory", "/tmp/a\nb", "control character")]
    [InlineData("Lab:DataDirectory", "/tmp/a,b", "comma")]
    [InlineData("Lab:DataDirectory", "~/lab", "~ where a name begins")]
    [InlineData("Lab:DataDirectory", "/tmp/~/lab", "~ where a name begins")]
    [InlineData("Lab:Npm:Registry", "file:///etc/passwd", "cannot be read")]
    [InlineData("Lab:Npm:Registry", "registry", "cannot be read")]
    // Keys that do not exist.
    [InlineData("Lab:Kafka:Broker", "3", "the nearest is Lab:Kafka:Brokers")]
    [InlineData("Lab:Kafka", "3", "is a section")]
    [InlineData("Lab:Kakfa:Brokers", "3", "the nearest is Lab:Kafka:Brokers")]
    public void A_value_that_cannot_be_gives_one_line_that_names_it_and_what_would_do(string key, string text, string says)
    {
        SettingFault fault = Assert.Single(Judge((key, text)));

        Assert.Equal(key, fault.Setting);
        string line = fault.ToString();
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
        Assert.NotEmpty(fault.WouldDo);
    }

    [Theory]
    [InlineData("Lab:Kafka:Heap", "640m")]
    [InlineData("Lab:Kafka:Heap", "600 MiB")]
    [InlineData("Lab:Kafka:MemoryCap", "1g")]
    [InlineData("Lab:MySql:BufferPool", "768m")]
    [InlineData("Lab:Kafka:Brokers", "9")]
    [InlineData("Lab:Kafka:SegmentBytes", "2147483647")]
    [InlineData("Lab:Kafka:SessionTimeout", "40s")]
    [InlineData("Lab:Kafka:SessionTimeout", "00:00:04")]
    [InlineData("Lab:BindAddress", "0.0.0.0")]
    [InlineData("Lab:Kafka:AdvertisedHost", "mini-pc.lan")]
    [InlineData("Lab:Kafka:AdvertisedHost", "192.168.0.7")]
    [InlineData("Lab:Kafka:Image", "registry.example:5000/confluentinc/cp-kafka:7.5.3")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/kafka_2.13-3.5.2.tgz")]
    [InlineData("Lab:PortBase", "65505")]
    [InlineData("Lab:PortBase", "20000")]
    [InlineData("Lab:Name", "lab-2")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "max")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "0")]
    [InlineData("Lab:Verifier:ProbeInterval", "1s")]
    [InlineData("Lab:MySql:BinlogRetention", "49710d")]
    [InlineData("Lab:KafkaUi:Open", "true")]
    public void A_value_at_the_edge_of_what_can_be_has_no_fault(string key, string text) => Assert.Empty(Judge((key, text)));

    [Fact]
    public void All_faults_come_at_once()
    {
        IReadOnlyList<SettingFault> faults = Judge(("Lab:Kafka:Brokers", "0"), ("Lab:MySql:BufferPool", "2g"), ("Lab:PortBase", "1"), ("Lab:Nmae", "x"), ("Lab:Verifier:Interval", "soon"));

        Assert.Equal(
            ["Lab:Kafka:Brokers", "Lab:MySql:BufferPool", "Lab:Nmae", "Lab:PortBase", "Lab:Verifier:Interval"],
            faults.Select(f => f.Setting).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Fewer_brokers_with_fitting_replication_have_no_fault() =>
        Assert.Empty(Judge(("Lab:Kafka:Brokers", "1"), ("Lab:Kafka:ReplicationFactor", "1"), ("Lab:Kafka:MinInSyncReplicas", "1")));

    [Fact]
    public void Root_may_listen_below_1024() => Assert.Empty(Judge(Machine with { UserIsRoot = true }, ("Lab:PortBase", "900")));

    [Fact]
    public void Open_Kafka_Ui_is_refused_beyond_loopback()
    {
        SettingFault fault = Assert.Single(Judge(("Lab:KafkaUi:Open", "true"), ("Lab:BindAddress", "0.0.0.0")));
        Assert.Equal("Lab:KafkaUi:Open", fault.Setting);
    }

    [Fact]
    public void Brokers_on_one_address_of_the_network_do_not_send_clients_to_loopback()
    {
        Assert.Equal("Lab:Kafka:AdvertisedHost", Assert.Single(Judge(("Lab:BindAddress", "192.168.0.7"))).Setting);
        Assert.Empty(Judge(("Lab:BindAddress", "192.168.0.7"), ("Lab:Kafka:AdvertisedHost", "192.168.0.7")));
    }

    [Fact]
    public void Taken_ports_are_one_line_with_the_servers_that_want_them_and_who_has_them()
    {
        MachineFacts facts = Machine with { TakenPorts = new Dictionary<int, string?> { [3306] = "mysqld, pid 812", [9093] = null, [8080] = "a web server", [18888] = null, [20010] = null } };

        SettingFault fault = Assert.Single(Judge(facts));

        Assert.Equal("Lab:PortBase", fault.Setting);
        Assert.Equal("port 3306 of mysql is taken by mysqld, pid 812, port 9093 of kafka-2 (EXTERNAL) is taken", fault.Problem);
        Assert.Contains("such as 21000", fault.WouldDo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DataDirectoryState.NotOurs, "photos", "is not empty and is not a lab's folder (photos)")]
    [InlineData(DataDirectoryState.NotADirectory, null, "is not a folder")]
    [InlineData(DataDirectoryState.NotWritable, null, "may not be written to")]
    public void A_data_directory_that_will_not_do_is_named(DataDirectoryState state, string? word, string says)
    {
        SettingFault fault = Assert.Single(Judge(Machine with { DataDirectory = new("/home/me/lab", state, word) }));

        Assert.StartsWith($"Lab:DataDirectory: /home/me/lab {says}; ", fault.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DataDirectoryState.Missing, 511, "has 511 MiB free, and the lab needs 512 MiB")]
    [InlineData(DataDirectoryState.Missing, 512, null)]
    [InlineData(DataDirectoryState.Empty, 0, "has 0 MiB free, and the lab needs 512 MiB")]
    [InlineData(DataDirectoryState.Ours, 127, "has 127 MiB free, and the lab needs 128 MiB")]
    [InlineData(DataDirectoryState.Ours, 128, null)]
    [InlineData(DataDirectoryState.NotWritable, 0, "may not be written to")]
    public void A_disk_without_room_for_the_data_is_a_fault(DataDirectoryState state, long freeMiB, string? says)
    {
        SettingFault? fault = Judge(Machine with { DataDirectory = new("/home/me/lab", state) { FreeBytes = freeMiB << 20 } }).SingleOrDefault();
        Assert.Equal(says is null, fault is null);
        Assert.Contains(says ?? "", fault?.ToString() ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DataDirectoryState.Missing)]
    [InlineData(DataDirectoryState.Empty)]
    [InlineData(DataDirectoryState.Ours)]
    public void A_data_directory_that_will_do_has_no_fault(DataDirectoryState state) =>
        Assert.Empty(Judge(Machine with { DataDirectory = new("/home/me/lab", state) }));

    [Fact]
    public void A_dashboard_that_is_named_and_is_none_is_a_fault_unless_none_is_wanted()
    {
        MachineFacts without = Machine with { DashboardIsThere = false };
        SettingFault fault = Assert.Single(Judge(without, ("Lab:Dashboard:Path", "/opt/nothing")));
        Assert.Contains("Lab:Dashboard:Path = /opt/nothing", fault.ToString(), StringComparison.Ordinal);
        Assert.Contains("is no Aspire dashboard", fault.ToString(), StringComparison.Ordinal);
        Assert.Empty(Judge(without, ("Lab:Dashboard:Path", "/opt/nothing"), ("Lab:Dashboard:Enabled", "false")));
        Assert.Empty(Judge(Machine with { DashboardIsThere = true }, ("Lab:Dashboard:Path", "/opt/dashboard")));
    }

    [Fact]
    public void A_very_long_value_is_one_short_line()
    {
        SettingFault fault = Assert.Single(Judge(("Lab:Kafka:AdvertisedHost", new string('x', 100_000))));
        Assert.True(fault.ToString().Length < 400);
    }

    [Fact]
    public void Nothing_throws_whatever_the_numbers_are()
    {
        string[] numbers = ["0", "-1", "1", "2147483647", "-2147483648", "9223372036854775807", "8589934591g", "10675199d"];
        foreach (Setting setting in LabSettings.All)
        {
            foreach (string number in numbers)
                Judge((setting.Key, number));
        }
    }

    private static IReadOnlyList<SettingFault> Judge(params (string Key, string Text)[] values) => Judge(Machine, values);

    private static IReadOnlyList<SettingFault> Judge(MachineFacts facts, params (string Key, string Text)[] values)
    {
        (LabOptions options, IReadOnlyList<SettingFault> unreadable) = SettingsReader.Read(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Text)));
        return [.. unreadable, .. LabValidation.Validate(options, LabPorts.From(options.PortBase), LabRuntimeKind.Embedded, facts)];
    }
}
