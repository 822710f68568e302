using Microsoft.Extensions.Configuration;

namespace CdcLab.Tests.Model.Options;

/// <summary>The section Lab: what it accepts, and what it says of what it does not.</summary>
[Trait("tier", "model")]
public sealed class LabConfigurationTests
{
    [Fact]
    public void Defaults_have_no_fault() => Assert.Empty(Judge());

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
    [InlineData("Lab:MySql:BufferPool", "1m", "use 5m or more")]
    [InlineData("Lab:MySql:MemoryCap", "600m", "at least 768m")]
    [InlineData("Lab:MySql:MemoryCap", "0", "is too small")]
    [InlineData("Lab:MySql:MemoryCap", "lots", "cannot be read")]
    [InlineData("Lab:KafkaUi:MemoryCap", "16m", "is too small")]
    // The cluster.
    [InlineData("Lab:Kafka:Brokers", "0", "use 1 to 9")]
    [InlineData("Lab:Kafka:Brokers", "-3", "use 1 to 9")]
    [InlineData("Lab:Kafka:Brokers", "10", "use 1 to 9")]
    [InlineData("Lab:Kafka:Brokers", "2147483647", "use 1 to 9")]
    [InlineData("Lab:Kafka:Brokers", "2147483648", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "three", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "3.0", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "1e1", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "３", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "", "cannot be read")]
    [InlineData("Lab:Kafka:Brokers", "2", "Lab:Kafka:ReplicationFactor = 3")]
    [InlineData("Lab:Kafka:ReplicationFactor", "4", "Lab:Kafka:Brokers = 3")]
    [InlineData("Lab:Kafka:ReplicationFactor", "0", "use 1 to 9")]
    [InlineData("Lab:Kafka:ReplicationFactor", "1", "Lab:Kafka:MinInSyncReplicas = 2")]
    [InlineData("Lab:Kafka:MinInSyncReplicas", "4", "Lab:Kafka:ReplicationFactor = 3")]
    [InlineData("Lab:Kafka:MinInSyncReplicas", "0", "use 1 to 9")]
    [InlineData("Lab:Kafka:Partitions", "0", "use 1 to 1000")]
    [InlineData("Lab:Kafka:Partitions", "1001", "use 1 to 1000")]
    [InlineData("Lab:Kafka:RetentionHours", "0", "is out of range")]
    [InlineData("Lab:Kafka:RetentionHours", "-1", "is out of range")]
    [InlineData("Lab:Kafka:RetentionBytes", "0", "is out of range")]
    [InlineData("Lab:Kafka:RetentionBytes", "8000000000g", "is out of range; use 1m to 1048576g")]
    [InlineData("Lab:Kafka:SegmentBytes", "1k", "use 1m to 2147483647")]
    [InlineData("Lab:Kafka:SegmentBytes", "2g", "use 1m to 2147483647")]
    [InlineData("Lab:Kafka:SessionTimeout", "3s", "4s to 40s")]
    [InlineData("Lab:Kafka:SessionTimeout", "41s", "4s to 40s")]
    [InlineData("Lab:Kafka:SessionTimeout", "6", "cannot be read")]
    [InlineData("Lab:Kafka:SessionTimeout", "-6s", "cannot be read")]
    [InlineData("Lab:Kafka:SessionTimeout", "00:00:06.00001", "in steps of 1ms")]
    [InlineData("Lab:ZooKeeper:TickTime", "4s", "outside ZooKeeper's 2 to 20 ticks")]
    [InlineData("Lab:ZooKeeper:TickTime", "200ms", "outside ZooKeeper's 2 to 20 ticks")]
    [InlineData("Lab:ZooKeeper:TickTime", "0s", "is out of range")]
    [InlineData("Lab:Kafka:ReplicaLagTime", "0s", "is out of range")]
    [InlineData("Lab:Kafka:ReplicaLagTime", "6m", "500ms to 5m")]
    [InlineData("Lab:Kafka:LeaderImbalanceCheckInterval", "500ms", "is out of range")]
    [InlineData("Lab:Kafka:LeaderImbalanceCheckInterval", "1500ms", "in steps of 1s")]
    [InlineData("Lab:Kafka:ControlledShutdownBackoff", "5m", "is out of range")]
    [InlineData("Lab:Kafka:Source", "apt", "one of auto, home, archive, npm")]
    [InlineData("Lab:Kafka:Source", "0", "one of auto, home, archive, npm")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/kafka.zip", "kafka_2.13-3.5.2.tgz")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/", "kafka_2.13-3.5.2.tgz")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://me:secret@127.0.0.1/kafka_2.13-3.5.2.tgz", "user name or password")]
    [InlineData("Lab:Kafka:ArchiveUrl", "ftp://127.0.0.1/kafka_2.13-3.5.2.tgz", "cannot be read")]
    [InlineData("Lab:Kafka:ArchiveUrl", "kafka_2.13-3.5.2.tgz", "cannot be read")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/kafka_2.13-4.0.0.tgz", "without ZooKeeper")]
    [InlineData("Lab:Kafka:ArchiveUrl", "http://127.0.0.1:8000/kafka_2.11-0.9.0.1.tgz", "from before 1.0")]
    [InlineData("Lab:Kafka:Image", "confluentinc/cp-kafka:7.5.3 --privileged", "not the name of a container image")]
    [InlineData("Lab:MySql:Image", "MySQL:8.0", "not the name of a container image")]
    [InlineData("Lab:ZooKeeper:Image", "http://x/y", "not the name of a container image")]
    // MySQL, the market, the verifier.
    [InlineData("Lab:MySql:MaxConnections", "0", "use 1 to 100000")]
    [InlineData("Lab:MySql:MaxConnections", "10", "at least 14")]
    [InlineData("Lab:MySql:BinlogRetention", "0s", "is out of range")]
    [InlineData("Lab:MySql:BinlogRetention", "500ms", "is out of range")]
    [InlineData("Lab:MySql:BinlogRetention", "90.5s", "in steps of 1s")]
    [InlineData("Lab:MySql:BinlogRetention", "60000d", "is out of range")]
    [InlineData("Lab:MySql:BinlogRetention", "99999999999d", "cannot be read")]
    [InlineData("Lab:MySql:BinlogRetention", "259200", "cannot be read")]
    [InlineData("Lab:Simulator:Workers", "0", "use 1 to 64")]
    [InlineData("Lab:Simulator:Workers", "65", "use 1 to 64")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "NaN", "cannot be read")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "Infinity", "cannot be read")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "-20", "cannot be read")]
    [InlineData("Lab:Simulator:OrdersPerSecond", "1e3", "cannot be read")]
    [InlineData("Lab:Simulator:Seed", "x", "cannot be read")]
    [InlineData("Lab:Simulator:KeepOrders", "0", "use 1000 to 1000000000")]
    [InlineData("Lab:Simulator:KeepOrders", "-1", "use 1000 to 1000000000")]
    [InlineData("Lab:Simulator:KeepOrders", "99999999999999999999", "cannot be read")]
    [InlineData("Lab:Verifier:Interval", "0s", "use 1s to 1h")]
    [InlineData("Lab:Verifier:Interval", "2h", "use 1s to 1h")]
    [InlineData("Lab:Verifier:ProbeInterval", "2s", "use 10ms to 1s")]
    [InlineData("Lab:Verifier:ProbeInterval", "1ms", "use 10ms to 1s")]
    [InlineData("Lab:Verifier:MaxLatency", "0s", "is out of range")]
    [InlineData("Lab:Verifier:MaxLatency", "1h", "is out of range")]
    // Names, addresses, ports.
    [InlineData("Lab:Name", "My Lab", "lower-case letters")]
    [InlineData("Lab:Name", "-x", "lower-case letters")]
    [InlineData("Lab:Name", "../x", "lower-case letters")]
    [InlineData("Lab:Name", "a\nb", "control character")]
    [InlineData("Lab:Name", " ", "cannot be read")]
    [InlineData("Lab:Runtime", "podman", "one of auto, container, process")]
    [InlineData("Lab:Runtime", "1", "one of auto, container, process")]
    [InlineData("Lab:BindAddress", "localhost", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "::", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "1", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "256.0.0.1", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "010.0.0.1", "is not an IPv4 address")]
    [InlineData("Lab:BindAddress", "127.0.0.2", "use 127.0.0.1")]
    [InlineData("Lab:Kafka:AdvertisedHost", "my host", "is neither a host name nor an IPv4 address")]
    [InlineData("Lab:Kafka:AdvertisedHost", "http://host", "is neither a host name nor an IPv4 address")]
    [InlineData("Lab:Kafka:AdvertisedHost", "host:9092", "is neither a host name nor an IPv4 address")]
    [InlineData("Lab:Kafka:AdvertisedHost", "999.1.1.1", "is neither a host name nor an IPv4 address")]
    [InlineData("Lab:Kafka:AdvertisedHost", "0.0.0.0", "not an address that a client can connect to")]
    [InlineData("Lab:Kafka:AdvertisedHost", "a\u0007b", "control character")]
    [InlineData("Lab:PortBase", "-1", "is out of range")]
    [InlineData("Lab:PortBase", "80", "is out of range")]
    [InlineData("Lab:PortBase", "65530", "1024 to 65505")]
    [InlineData("Lab:PortBase", "70000", "1024 to 65505")]
    [InlineData("Lab:Dashboard:Port", "0", "is out of range")]
    [InlineData("Lab:Dashboard:Port", "99999", "is out of range")]
    [InlineData("Lab:Dashboard:Enabled", "yes", "true or false")]
    [InlineData("Lab:DataDirectory", "/tmp/a\nb", "control character")]
    [InlineData("Lab:DataDirectory", "/tmp/a,b", "comma")]
    [InlineData("Lab:DataDirectory", "~/lab", "has a ~")]
    [InlineData("Lab:DataDirectory", "/tmp/~/lab", "has a ~")]
    [InlineData("Lab:Npm:Registry", "file:///etc/passwd", "cannot be read")]
    [InlineData("Lab:Npm:Registry", "registry", "cannot be read")]
    // Keys that do not exist.
    [InlineData("Lab:Kafka:Broker", "3", "the nearest is Lab:Kafka:Brokers")]
    [InlineData("Lab:Kafka", "3", "is a section")]
    [InlineData("Lab:Kakfa:Brokers", "3", "the nearest is Lab:Kafka:Brokers")]
    public void Wrong_value_gives_one_line_that_names_it_and_what_to_use(string key, string text, string says)
    {
        Fault fault = Assert.Single(Judge((key, text)));

        Assert.Equal(key, fault.Setting);
        string line = fault.ToString();
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.DoesNotContain(line, char.IsControl);
        // What to do instead.
        Assert.Contains(';', line);
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
    [InlineData("Lab:Runtime", "PROCESS")]
    [InlineData("Lab:Runtime", "embedded")]
    [InlineData("LAB:kafka:BROKERS", "5")]
    public void Value_at_the_edge_of_what_is_allowed_has_no_fault(string key, string text) => Assert.Empty(Judge((key, text)));

    [Fact]
    public void All_faults_come_at_once()
    {
        IReadOnlyList<Fault> faults = Judge(("Lab:Kafka:Brokers", "0"), ("Lab:MySql:BufferPool", "2g"), ("Lab:PortBase", "1"), ("Lab:Nmae", "x"), ("Lab:Verifier:Interval", "soon"));

        Assert.Equal(
            ["Lab:Kafka:Brokers", "Lab:MySql:BufferPool", "Lab:Nmae", "Lab:PortBase", "Lab:Verifier:Interval"],
            faults.Select(f => f.Setting).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Value_that_cannot_be_read_does_not_blame_others_for_its_default()
    {
        // Five copies do not fit the default three brokers; they may fit what was meant.
        Assert.Equal("Lab:Kafka:Brokers", Assert.Single(Judge(("Lab:Kafka:Brokers", "x"), ("Lab:Kafka:ReplicationFactor", "5"))).Setting);
        Assert.Equal("Lab:MySql:MemoryCap", Assert.Single(Judge(("Lab:MySql:MemoryCap", "lots"), ("Lab:MySql:BufferPool", "2g"))).Setting);
    }

    [Fact]
    public void Fewer_brokers_with_fitting_replication_have_no_fault() =>
        Assert.Empty(Judge(("Lab:Kafka:Brokers", "1"), ("Lab:Kafka:ReplicationFactor", "1"), ("Lab:Kafka:MinInSyncReplicas", "1")));

    [Fact]
    public void Open_Kafka_Ui_is_refused_beyond_loopback() =>
        Assert.Equal("Lab:KafkaUi:Open", Assert.Single(Judge(("Lab:KafkaUi:Open", "true"), ("Lab:BindAddress", "0.0.0.0"))).Setting);

    [Fact]
    public void Brokers_on_one_address_of_the_network_do_not_send_clients_to_loopback()
    {
        // Which of the two is told: the one that somebody set.
        Assert.Equal("Lab:BindAddress", Assert.Single(Judge(("Lab:BindAddress", "192.168.0.7"))).Setting);
        Assert.Equal("Lab:Kafka:AdvertisedHost", Assert.Single(Judge(("Lab:BindAddress", "192.168.0.7"), ("Lab:Kafka:AdvertisedHost", "127.0.0.1"))).Setting);
        Assert.Empty(Judge(("Lab:BindAddress", "192.168.0.7"), ("Lab:Kafka:AdvertisedHost", "192.168.0.7")));
    }

    [Fact]
    public void Very_long_value_and_key_are_one_short_line()
    {
        Assert.True(Assert.Single(Judge(("Lab:Kafka:AdvertisedHost", new string('x', 100_000)))).ToString().Length < 400);
        Assert.True(Assert.Single(Judge(("Lab:" + new string('x', 2_000), "1"))).ToString().Length < 400);
    }

    [Fact]
    public void Key_with_control_characters_is_shown_on_one_line() => Assert.DoesNotContain(Assert.Single(Judge(("Lab:a\nb", "x"))).ToString(), char.IsControl);

    [Fact]
    public void What_is_not_an_option_but_known_is_passed_over_and_nothing_like_it()
    {
        IConfiguration configuration = Of(("Lab:Token", "x"), ("Lab:Token:Of", "y"), ("Lab:Tokens", "z"), ("Lab", "somebody else's variable"));

        LabConfiguration.Read(configuration, out IReadOnlyList<string> faults, "Token");

        Assert.Equal("Lab:Tokens", new Fault(Assert.Single(faults)).Setting);
    }

    [Theory]
    [InlineData("Lab:Kafka:Broker", "Lab:Kafka:Brokers")]
    [InlineData("Lab:Kakfa:Broker", "Lab:Kafka:Brokers")]
    [InlineData("Lab:MySql:BuferPool", "Lab:MySql:BufferPool")]
    [InlineData("Lab:mysql:max_connections", "Lab:MySql:MaxConnections")]
    [InlineData("Lab:PortBas", "Lab:PortBase")]
    [InlineData("Lab:DataDir", "Lab:DataDirectory")]
    [InlineData("Lab:Brokers", "Lab:Kafka:Brokers")]
    public void Unknown_key_is_told_the_nearest(string key, string nearest) => Assert.Equal(nearest, LabConfiguration.Nearest(key));

    [Fact]
    public void Old_name_of_the_process_runtime_is_accepted()
    {
        LabOptions options = LabConfiguration.Read(Of(("Lab:Runtime", "embedded")), out _);
        Assert.Equal(LabRuntime.Process, options.Runtime);
    }

    [Fact]
    public void Nothing_throws_whatever_the_numbers_are()
    {
        string[] numbers = ["0", "-1", "1", "2147483647", "-2147483648", "9223372036854775807", "8589934591g", "10675199d", "2147483647:00:00", "0.000001"];
        foreach (OptionEntry option in OptionCatalog.All)
        {
            foreach (string number in numbers)
                Judge((option.Key, number));
        }
    }

    private static IConfiguration Of(params (string Key, string Text)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Text))).Build();

    private static IReadOnlyList<Fault> Judge(params (string Key, string Text)[] values)
    {
        LabConfiguration.Read(Of(values), out IReadOnlyList<string> faults);
        return [.. faults.Select(f => new Fault(f))];
    }

    private sealed record Fault(string Line)
    {
        public string Setting => Line.Split([" = ", ": "], 2, StringSplitOptions.None)[0];

        public override string ToString() => Line;
    }
}
