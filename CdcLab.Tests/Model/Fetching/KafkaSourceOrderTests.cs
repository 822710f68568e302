using CdcLab.Runtime.Standalone.Fetching;
using Xunit;

namespace CdcLab.Tests.Model.Fetching;

/// <summary>What stands in for Apache's archive, and above all when not.</summary>
[Trait("tier", "model")]
public sealed class KafkaSourceOrderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Reports _reports = new();
    private readonly FakeStandIn _standIn = new();

    [Theory]
    [InlineData("http://127.0.0.1:1/kafka_2.13-3.5.2.tgz")]
    [InlineData("http://no-such-host.invalid/kafka_2.13-3.5.2.tgz")]
    public async Task Archive_that_cannot_be_reached_at_all_is_stood_in_for_and_it_is_said(string url)
    {
        var found = await FindAsync("auto", new Uri(url));
        Assert.Equal(("0.8.2.2", _folder.Below("cache", "kafka-other-0.8.2.2")), (found.Version, found.Home));
        Assert.Same(_standIn, found.Edition);
        Assert.Contains(_reports.All, r => r.Part == "kafka" && r.Step.Contains("cannot be reached", StringComparison.Ordinal) && r.Step.EndsWith("using Kafka 0.8.2.2 (a fake)", StringComparison.Ordinal));
        Assert.All(_reports.All.Where(r => r.Part != "kafka"), r => Assert.Equal("Kafka 0.8.2.2 (a fake)", r.Part));
    }

    [Fact]
    public async Task Stand_in_is_fetched_once()
    {
        await FindAsync("auto", Nowhere);
        await FindAsync("auto", Nowhere);
        await FindAsync("npm", Nowhere);
        Assert.Equal(1, _standIn.Fetches);
    }

    [Fact]
    public async Task Archive_that_is_slow_is_a_fault_and_never_stood_in_for()
    {
        await using var server = new RawHttpServer((_, _, token) => Task.Delay(Timeout.Infinite, token));
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name)));
        Assert.Contains("nothing arrived", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, _standIn.Fetches);
    }

    [Fact]
    public async Task Archive_that_is_cut_off_for_ever_is_a_fault_and_never_stood_in_for()
    {
        var content = KafkaTgz.Release();
        await using var server = new RawHttpServer((request, stream, token) => request.Path.EndsWith(".sha512", StringComparison.Ordinal)
            ? RawHttpServer.SendAsync(stream, 200, System.Text.Encoding.ASCII.GetBytes(KafkaTgz.Sha512(content)), token)
            : RawHttpServer.SendFileAsync(request, stream, content, request.RangeFrom is null ? 1000 : 0, token));
        await Assert.ThrowsAsync<UnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name)));
        Assert.Equal(0, _standIn.Fetches);
    }

    [Fact]
    public async Task Archive_with_the_wrong_digest_is_a_fault_and_never_stood_in_for()
    {
        await using var server = RawHttpServer.OfFile(KafkaTgz.Release(), KafkaTgz.Sha512([1]));
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name)));
        Assert.Contains("wrong SHA-512", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, _standIn.Fetches);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(403)]
    [InlineData(503)]
    public async Task Server_that_answers_without_the_archive_is_a_fault_and_never_stood_in_for(int status)
    {
        await using var server = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, status, [], token));
        await Assert.ThrowsAsync<UnavailableException>(() => FindAsync("auto", new Uri(server.Address, KafkaTgz.Name)));
        Assert.Equal(0, _standIn.Fetches);
    }

    [Fact]
    public async Task Source_archive_alone_is_never_stood_in_for()
    {
        await Assert.ThrowsAsync<UnavailableException>(() => FindAsync("archive", Nowhere));
        Assert.Equal(0, _standIn.Fetches);
    }

    [Fact]
    public async Task Archive_that_can_be_reached_is_used()
    {
        var content = KafkaTgz.Release();
        await using var server = RawHttpServer.OfFile(content, KafkaTgz.Sha512(content));
        var found = await FindAsync("auto", new Uri(server.Address, KafkaTgz.Name));
        Assert.Equal("3.5.2", found.Version);
        Assert.Same(KafkaEdition.Whole, found.Edition);
        Assert.Equal(0, _standIn.Fetches);
    }

    [Fact]
    public async Task Home_comes_before_both_and_is_known_for_what_it_is()
    {
        Assert.Same(KafkaEdition.Whole, (await FindAsync("auto", Nowhere, home: Home("3.7.1"))).Edition);
        Assert.Same(_standIn, (await FindAsync("auto", Nowhere, home: Home("0.8.2.2"))).Edition);
        Assert.Equal(0, _standIn.Fetches);
    }

    [Fact]
    public async Task Both_out_of_reach_is_one_line_that_tells_both()
    {
        _standIn.Fault = "no registry";
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync("auto", Nowhere));
        Assert.Contains("127.0.0.1 cannot be reached", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Kafka 0.8.2.2 (a fake) cannot stand in: no registry", fault.Message, StringComparison.Ordinal);
        Assert.Contains("KAFKA_HOME", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    [Fact]
    public async Task Data_that_the_stand_in_wrote_keeps_it_also_when_the_archive_can_be_reached()
    {
        var content = KafkaTgz.Release();
        await using var server = RawHttpServer.OfFile(content, KafkaTgz.Sha512(content));
        var found = await FindAsync("auto", new Uri(server.Address, KafkaTgz.Name), dataSeries: "0.8");
        Assert.Same(_standIn, found.Edition);
        Assert.Empty(server.Requests);
        Assert.Contains(_reports.All, r => r.Step.Contains("'reset' makes new data", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Data_of_another_Kafka_is_not_given_to_the_stand_in()
    {
        var fault = await Assert.ThrowsAsync<UnavailableException>(() => FindAsync("auto", Nowhere, dataSeries: "3.5"));
        Assert.Contains("cannot open what Kafka 3.5 wrote", fault.Message, StringComparison.Ordinal);
        Assert.Equal(0, _standIn.Fetches);
    }

    public void Dispose() => _folder.Dispose();

    private static Uri Nowhere => new("http://127.0.0.1:1/kafka_2.13-3.5.2.tgz");

    private string Home(string version)
    {
        _folder.Write($"home-{version}/libs/kafka_2.13-{version}.jar");
        _folder.Write($"home-{version}/libs/zookeeper-3.4.6.jar");
        return _folder.Below($"home-{version}");
    }

    private Task<KafkaInstallation> FindAsync(string source, Uri url, string? home = null, string? dataSeries = null)
        => new KafkaSource(new KafkaFetchOptions(source, url, DataSeries: dataSeries), new PartsCache(_folder.Below("cache")), name => name == "KAFKA_HOME" ? home : null)
        {
            Limits = DownloadTests.Impatient,
            StandIn = _standIn,
        }.FindAsync(_reports, TestContext.Current.CancellationToken);

    private sealed class FakeStandIn : KafkaStandIn
    {
        public int Fetches { get; private set; }

        public string? Fault { get; set; }

        public override string Version => "0.8.2.2";

        public override string Remark => " (a fake)";

        public override string Part => "kafka-other";

        public override Task<FetchedPart> FetchAsync(Uri? registry, DownloadLimits limits, Func<string, string?> environment, string work, ThrottledProgress progress, CancellationToken cancellationToken)
        {
            Fetches++;
            progress.Report("downloading");
            if (Fault is not null)
                throw new UnavailableException(Fault);
            string home = Directory.CreateDirectory(Path.Combine(work, "tree")).FullName;
            File.WriteAllText(Path.Combine(home, "file"), "content");
            return Task.FromResult(new FetchedPart(home, Version, "a test", []));
        }
    }
}
