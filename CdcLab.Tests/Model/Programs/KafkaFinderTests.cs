using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class KafkaFinderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Reports _reports = new();

    [Fact]
    public async Task Home_that_is_set_is_used_and_nothing_is_fetched()
    {
        var home = Home("3.7.1");
        var found = await FindAsync("auto", new Uri("http://127.0.0.1:1/kafka_2.13-3.5.2.tgz"), home);
        Assert.Equal(new KafkaProgram(home, "3.7.1", false, "Kafka 3.7.1"), found);
        Assert.False(Directory.Exists(_folder.Below("cache")));
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("home")]
    public async Task Home_that_is_wrong_is_named_with_its_value(string source)
    {
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync(source, Nowhere, _folder.Below("absent")));
        Assert.Contains("KAFKA_HOME, " + _folder.Below("absent"), fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task Home_of_Kafka_4_is_refused_because_it_has_no_ZooKeeper()
    {
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", Nowhere, Home("4.1.0")));
        Assert.Contains("4.1.0, which has no ZooKeeper", fault.Message, StringComparison.Ordinal);
        Assert.Contains("KAFKA_HOME", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Source_home_without_the_variable_says_so()
        => Assert.Contains("KAFKA_HOME is not set", (await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("home", Nowhere, null))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(503)]
    public async Task Server_that_answers_without_the_archive_is_an_error_and_never_a_reason_for_the_legacy_Kafka(int status)
    {
        await using var registry = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, 404, [], token));
        await using var server = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, status, [], token));
        await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name), null, registry.Address));
        Assert.Empty(registry.Requests);
    }

    [Fact]
    public async Task Archive_that_is_slow_is_an_error_and_never_a_reason_for_the_legacy_Kafka()
    {
        await using var registry = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, 404, [], token));
        await using var server = new RawHttpServer((_, _, token) => Task.Delay(Timeout.Infinite, token));
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name), null, registry.Address));
        Assert.Contains("nothing arrived", fault.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Requests);
    }

    [Theory]
    [InlineData("auto", "http://127.0.0.1:1/kafka_2.13-3.5.2.tgz", 1)]
    [InlineData("auto", "http://no-such-host.invalid/kafka_2.13-3.5.2.tgz", 1)]
    [InlineData("archive", "http://127.0.0.1:1/kafka_2.13-3.5.2.tgz", 0)]
    public async Task Legacy_Kafka_is_asked_for_only_where_the_archive_cannot_be_reached_at_all(string source, string url, int requests)
    {
        await using var registry = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, 404, [], token));
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync(source, new Uri(url), null, registry.Address));
        Assert.Equal(requests, registry.Requests.Count);
        Assert.Contains("cannot be reached", fault.Message, StringComparison.Ordinal);
        Assert.Contains("KAFKA_HOME", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task Data_of_another_Kafka_is_not_given_to_the_legacy_one()
    {
        await using var registry = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, 404, [], token));
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", Nowhere, null, registry.Address, "3.5"));
        Assert.Contains("cannot open what Kafka 3.5 wrote", fault.Message, StringComparison.Ordinal);
        Assert.Empty(registry.Requests);
    }

    [Fact]
    public async Task Home_that_is_too_old_is_refused_because_it_has_no_admin_api()
    {
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", Nowhere, Home("0.10.2.1")));
        Assert.Contains("is Kafka 0.10.2.1, which has no admin API", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/kafka_2.13-3.5.2.tgz")]
    [InlineData("http://127.0.0.1/kafka.tgz")]
    [InlineData("http://127.0.0.1/kafka_2.13-4.0.0.tgz")]
    public async Task Archive_url_that_cannot_be_right_is_refused_before_anything_is_fetched(string url)
    {
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("archive", new Uri(url), null));
        Assert.Contains("Lab:Kafka:ArchiveUrl", fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Below("cache")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Archive_is_fetched_once_and_then_needs_no_network(bool gpgForm)
    {
        var content = KafkaTgz.Release();
        Uri url;
        await using (var server = RawHttpServer.OfFile(content, gpgForm ? KafkaTgz.GpgDigest(content) : $"{KafkaTgz.Sha512(content)}  {KafkaTgz.Name}\n"))
        {
            url = new Uri(server.Address, "mirror/" + KafkaTgz.Name);
            var found = await FindAsync("auto", url, null);
            Assert.Equal(new KafkaProgram(_folder.Below("cache", "kafka-3.5.2"), "3.5.2", false, "Kafka 3.5.2"), found);
            Assert.True(File.Exists(Path.Combine(found.Home, "libs", "kafka_2.13-3.5.2.jar")));
            // On a machine that is busy enough, a request is made again.
            Assert.Equal(["/mirror/kafka_2.13-3.5.2.tgz.sha512", "/mirror/kafka_2.13-3.5.2.tgz"], server.Requests.Select(request => request.Path).Distinct());
        }

        Assert.Equal("3.5.2", (await FindAsync("auto", url, null)).Version);
        Assert.Equal("3.5.2", (await FindAsync("archive", new Uri(KafkaArchive.DefaultUrl), null)).Version);
        Assert.Equal(["kafka-3.5.2"], Directory.EnumerateDirectories(_folder.Below("cache")).Select(folder => Path.GetFileName(folder)));
        Assert.All(_reports.All, report => Assert.Equal("kafka", report.Part));
    }

    [Fact]
    public async Task Archive_with_the_wrong_digest_is_not_kept()
    {
        await using var server = RawHttpServer.OfFile(KafkaTgz.Release(), KafkaTgz.Sha512([1]));
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name), null));
        Assert.Contains("wrong SHA-512", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(_folder.Below("cache")));
    }

    [Fact]
    public async Task Archive_of_another_version_than_its_name_says_is_refused()
    {
        var content = KafkaTgz.Release("3.4.0");
        await using var server = RawHttpServer.OfFile(content, KafkaTgz.Sha512(content));
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name), null));
        Assert.Contains("3.4.0", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("")]
    public async Task Digest_file_without_a_digest_is_refused_before_the_archive_is_fetched(string digest)
    {
        await using var server = RawHttpServer.OfFile(KafkaTgz.Release(), digest);
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name), null));
        Assert.Contains(".sha512 holds no", fault.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Archive_without_a_digest_beside_it_is_refused()
    {
        await using var server = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, 404, [], token));
        var fault = await Assert.ThrowsAsync<ProgramUnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name), null));
        Assert.Contains(".sha512 does not exist", fault.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Uri Nowhere => new("http://127.0.0.1:1/kafka_2.13-3.5.2.tgz");

    private string Home(string version)
    {
        _folder.Write($"home/libs/kafka_2.13-{version}.jar");
        _folder.Write("home/libs/zookeeper-3.6.4.jar");
        return _folder.Below("home");
    }

    private Task<KafkaProgram> FindAsync(string source, Uri url, string? home, Uri? registry = null, string? series = null)
        => new KafkaFinder(
            new ProgramOptions(Enum.Parse<KafkaSourceKind>(source, ignoreCase: true), url, registry, series), new ProgramCache(_folder.Below("cache")), name => name == "KAFKA_HOME" ? home : null)
        {
            Limits = DownloadTests.Impatient,
        }.FindAsync(_reports, TestContext.Current.CancellationToken);
}
