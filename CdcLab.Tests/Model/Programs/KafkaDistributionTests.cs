using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class KafkaDistributionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("kafka_2.13-3.5.2.jar", "3.5.2")]
    [InlineData("kafka_2.12-3.9.1.jar", "3.9.1")]
    [InlineData("kafka_2.11-0.10.2.1.jar", "0.10.2.1")]
    public void Version_is_read_from_the_name_of_the_brokers_jar(string jar, string version)
    {
        _folder.Write("libs/kafka-clients-9.9.9.jar");
        _folder.Write("libs/kafka_2.13-1.1.1-sources.jar");
        _folder.Write("libs/" + jar);
        _folder.Write("libs/zookeeper-3.6.4.jar");
        Assert.Equal(version, KafkaDistribution.ReadVersion(_folder.Path, out _));
    }

    [Fact]
    public void Kafka_4_is_refused_because_it_has_no_ZooKeeper()
    {
        _folder.Write("libs/kafka_2.13-4.0.0.jar");
        Assert.Null(KafkaDistribution.ReadVersion(_folder.Path, out var fault));
        Assert.Contains("4.0.0, which has no ZooKeeper", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Distribution_without_ZooKeepers_jar_is_refused()
    {
        _folder.Write("libs/kafka_2.13-3.5.2.jar");
        Assert.Null(KafkaDistribution.ReadVersion(_folder.Path, out var fault));
        Assert.Contains("zookeeper-*.jar", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_that_is_no_distribution_is_refused_with_what_is_missing()
    {
        Assert.Null(KafkaDistribution.ReadVersion(_folder.Path, out var noLibs));
        Assert.Contains("no libs folder", noLibs, StringComparison.Ordinal);
        _folder.Write("libs/other.jar");
        Assert.Null(KafkaDistribution.ReadVersion(_folder.Path, out var noJar));
        Assert.Contains("no kafka_2.*.jar", noJar, StringComparison.Ordinal);
        Assert.Null(KafkaDistribution.ReadVersion(_folder.Below("absent"), out var absent));
        Assert.Contains("is no folder", absent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kafka_2.13-3.5.2.tgz", "3.5.2")]
    [InlineData("kafka_2.13-3.5.2.zip", null)]
    [InlineData("kafka-3.5.2-src.tgz", null)]
    [InlineData("kafka_2.13-..tgz", null)]
    [InlineData("", null)]
    public void Version_of_an_archive_is_read_from_its_name(string name, string? version)
        => Assert.Equal(version, KafkaDistribution.VersionOfArchive(name));

    [Fact]
    public void Known_digest_is_a_whole_one_of_the_default_archive()
    {
        Assert.Matches("^[0-9a-f]{128}$", KafkaArchive.DefaultSha512);
        Assert.Equal("3.5.2", KafkaDistribution.VersionOfArchive(Path.GetFileName(new Uri(KafkaArchive.DefaultUrl).AbsolutePath)));
    }

    public void Dispose() => _folder.Dispose();
}
