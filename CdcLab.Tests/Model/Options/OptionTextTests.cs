using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Configuration;

namespace CdcLab.Tests.Model.Options;

[Trait("tier", "model")]
public sealed class OptionTextTests
{
    [Property]
    public Property A_size_reads_back_from_its_own_text() =>
        Prop.ForAll(ArbMap.Default.ArbFor<long>().Filter(b => b >= 0), bytes => ByteSize.TryParse(ByteSize.ToText(bytes), out long read) && read == bytes);

    [Property]
    public Property A_size_in_units_reads_back_from_its_own_text() =>
        Prop.ForAll(Gen.Choose(0, 8191).SelectMany(n => Gen.Elements(1, ByteSize.KiB, ByteSize.MiB, ByteSize.GiB).Select(u => n * u)).ToArbitrary(), bytes => ByteSize.TryParse(ByteSize.ToText(bytes), out long read) && read == bytes);

    [Property]
    public Property A_time_reads_back_from_its_own_text() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).SelectMany(n => Gen.Elements(1L, TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond, TimeSpan.TicksPerMinute, TimeSpan.TicksPerHour / 100).Select(u => TimeSpan.FromTicks(n * u))).ToArbitrary(),
            time => DurationText.TryParse(DurationText.ToText(time), out TimeSpan read) && read == time);

    [Property]
    public Property A_rate_reads_back_from_its_own_text() =>
        Prop.ForAll(
            Gen.Choose(0, 100_000_000).Select(n => new OrderRate(n / 1000.0)).ToArbitrary(),
            rate => OrderRate.TryParse(rate.ToString(), out OrderRate read) && read == rate);

    [Property]
    public Property Any_text_is_refused_or_is_a_value_of_0_or_more() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
            (!ByteSize.TryParse(text, out long bytes) || bytes >= 0)
            && (!DurationText.TryParse(text, out TimeSpan time) || time >= TimeSpan.Zero)
            && (!OrderRate.TryParse(text, out OrderRate rate) || rate.PerSecond >= 0));

    [Property]
    public Property Any_text_is_refused_by_an_option_or_reads_back() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text => OptionCatalog.All.All(o =>
        {
            LabOptions read = LabConfiguration.Read(Configuration([KeyValuePair.Create(o.Variable, text.Get)]), out IReadOnlyList<string> faults);
            return faults.Count > 0 || o.Text(LabConfiguration.Read(Configuration([KeyValuePair.Create(o.Variable, o.Text(read)!)]), out _)) == o.Text(read);
        }));

    [Theory]
    [InlineData("768m", 768 * ByteSize.MiB)]
    [InlineData("768MiB", 768 * ByteSize.MiB)]
    [InlineData("768 MB", 768 * ByteSize.MiB)]
    [InlineData(" 1g ", ByteSize.GiB)]
    [InlineData("0", 0)]
    [InlineData("1073741824", ByteSize.GiB)]
    [InlineData("512b", 512)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void A_size_as_people_write_it_is_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(null)]
    [InlineData("m")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5g")]
    [InlineData("1,024m")]
    [InlineData("0x10")]
    [InlineData("1e3")]
    [InlineData("７６８m")]
    [InlineData("768t")]
    [InlineData("9223372036854775808")]
    [InlineData("8589934592g")]
    [InlineData("NaN")]
    public void What_is_no_size_is_not_read(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("6s", 6)]
    [InlineData("1.5 s", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("72h", 259_200)]
    [InlineData("3d", 259_200)]
    [InlineData("00:00:06", 6)]
    [InlineData("1.00:00:00", 86_400)]
    public void A_time_as_people_write_it_is_read(string text, double seconds)
    {
        Assert.True(DurationText.TryParse(text, out TimeSpan read));
        Assert.Equal(TimeSpan.FromSeconds(seconds), read);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("6")]
    [InlineData("s")]
    [InlineData("-6s")]
    [InlineData("-00:00:06")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("6 seconds")]
    [InlineData("99999999999999999999d")]
    [InlineData("00:00:99")]
    [InlineData("2147483647:00:00")]
    public void What_is_no_time_is_not_read(string? text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void Every_option_reads_back_from_its_own_text()
    {
        LabOptions other = AllDifferent();
        foreach (OptionEntry option in OptionCatalog.All)
        {
            string? text = option.Text(other);
            Assert.True(text is not null && text != option.Default, $"{option.Key} is not changed by AllDifferent: add it there.");
            LabOptions read = LabConfiguration.Read(Configuration([KeyValuePair.Create(option.Variable, text)]), out _);
            Assert.Equal(text, option.Text(read));
            // It changes itself and nothing else.
            Assert.All(OptionCatalog.All.Where(o => o != option), o => Assert.Equal(o.Default, o.Text(read)));
        }

        LabOptions all = LabConfiguration.Read(Configuration(LabConfiguration.ToVariables(other)), out IReadOnlyList<string> faults);
        // Every option is different, so that these two do not go together.
        Assert.StartsWith("Lab:KafkaUi:Open", Assert.Single(faults), StringComparison.Ordinal);
        Assert.Equal(other, all);
    }

    [Fact]
    public void Documentation_has_every_option_with_its_meaning_and_default()
    {
        string document = Path.Combine(AppContext.BaseDirectory, "../../../../docs/settings.md");
        Assert.Equal(OptionCatalog.All.Select(o => $"| `{o.Key}` | {o.Meaning} | {o.Default} |"), File.ReadLines(document).Where(l => l.StartsWith("| `Lab:", StringComparison.Ordinal)));
    }

    // As environment variables carry them.
    private static IConfiguration Configuration(IEnumerable<KeyValuePair<string, string>> variables) =>
        new ConfigurationBuilder().AddInMemoryCollection(variables.Select(v => KeyValuePair.Create(v.Key.Replace("__", ":", StringComparison.Ordinal), (string?)v.Value))).Build();

    private static LabOptions AllDifferent() => new()
    {
        Name = "other",
        Runtime = LabRuntime.Process,
        PortBase = 20_000,
        BindAddress = "0.0.0.0",
        DataDirectory = "/srv/a lab",
        MySql = new() { Image = "mysql:9.4", MemoryCap = 2 * ByteSize.GiB, BufferPool = ByteSize.GiB, MaxConnections = 200, BinlogRetention = TimeSpan.FromSeconds(90) },
        ZooKeeper = new() { Image = "zookeeper:3.8", MemoryCap = ByteSize.GiB, Heap = 300 * ByteSize.MiB + 1024, TickTime = TimeSpan.FromMilliseconds(1500) },
        Kafka = new()
        {
            Source = KafkaSourceKind.Home,
            ArchiveUrl = new("http://localhost:8000/kafka_2.13-3.6.0.tgz?a=b"),
            Image = "confluentinc/cp-kafka:7.6.0",
            Brokers = 5,
            MemoryCap = ByteSize.GiB,
            Heap = 600 * ByteSize.MiB,
            ReplicationFactor = 4,
            MinInSyncReplicas = 3,
            Partitions = 6,
            RetentionHours = 24,
            RetentionBytes = 123_456_789,
            SegmentBytes = 64 * ByteSize.MiB,
            SessionTimeout = TimeSpan.FromSeconds(9),
            ReplicaLagTime = TimeSpan.FromSeconds(5),
            LeaderImbalanceCheckInterval = TimeSpan.FromMinutes(5),
            ControlledShutdownBackoff = TimeSpan.FromSeconds(1),
            AdvertisedHost = "mini-pc",
        },
        KafkaUi = new() { Image = "provectuslabs/kafka-ui:v0.7.1", MemoryCap = 512 * ByteSize.MiB, Open = true },
        Debezium = new()
        {
            Start = true,
            Image = "quay.io/debezium/connect:3.4",
            MemoryCap = 640 * ByteSize.MiB,
            Heap = 300 * ByteSize.MiB,
            PollInterval = TimeSpan.FromMilliseconds(100),
            MaxDelay = TimeSpan.FromSeconds(20),
        },
        Simulator = new() { OrdersPerSecond = OrderRate.Max, Workers = 8, Seed = -7, KeepOrders = 500_000_000 },
        Verifier = new() { Interval = TimeSpan.FromSeconds(3), ProbeInterval = TimeSpan.FromMilliseconds(100), MaxLatency = TimeSpan.FromMicroseconds(1_500_001) },
        Dashboard = new() { Enabled = false, Port = 19_000 },
        Npm = new() { Registry = new("https://npm.example/registry/") },
    };
}
