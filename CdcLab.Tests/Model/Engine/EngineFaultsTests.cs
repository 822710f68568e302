using System.Net;
using System.Net.Sockets;
using CdcLab.Runtime.Engine;
using CdcLab.Runtime.Standalone.Fetching;
using Docker.DotNet;
using Xunit;

namespace CdcLab.Tests.Model.Engine;

/// <summary>What people read when the engine does not do what it is asked.</summary>
[Trait("tier", "model")]
public sealed class EngineFaultsTests
{
    private static readonly Uri Socket = new("unix:///var/run/docker.sock");

    [Fact]
    public void No_engine_is_one_line_with_what_would_do()
    {
        string line = EngineFaults.NoEngine(Socket, new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused))).Message;

        Assert.StartsWith("No container engine answers at /var/run/docker.sock (", line, StringComparison.Ordinal);
        Assert.Contains("--Lab:Runtime=embedded", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void An_engine_whose_tcp_address_nobody_listens_at_is_silent() =>
        Assert.True(EngineFaults.IsSilence(new AggregateException(new SocketException((int)SocketError.ConnectionRefused))));

    [Fact]
    public void No_permission_on_the_socket_is_told_apart_from_no_engine() =>
        Assert.Contains("may not be opened by this user", EngineFaults.NoEngine(Socket, new HttpRequestException("x", new SocketException((int)SocketError.AccessDenied))).Message, StringComparison.Ordinal);

    // As Docker 28.5.2 said them.
    [Theory]
    [InlineData("""{"message":"failed to set up container networking: driver failed programming external connectivity on endpoint cdclab-kafka-1 (f1): failed to bind host port for 127.0.0.1:9092:172.18.0.4:9092/tcp: address already in use"}""", "one of its ports is taken")]
    [InlineData("""{"message":"mkdir /var/lib/docker/overlay2/1/merged: no space left on device"}""", "disk of the container engine is full")]
    [InlineData("""{"message":"failed to set up container networking: network cdclab-lab not found"}""", "the lab's network is gone")]
    [InlineData("""{"message":"something else\nof two lines"}""", "refuses: something else of two lines.")]
    public void A_refused_start_is_one_line(string body, string expected)
    {
        string line = EngineFaults.NotStarted("kafka-1", new DockerApiException(HttpStatusCode.InternalServerError, body));

        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.StartsWith("kafka-1", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024L, true)]
    [InlineData(10_000_000_000L, false)]
    [InlineData(null, false)]
    public void A_full_disk_is_named_where_the_engine_does_not(long? free, bool full) =>
        Assert.Equal(full, EngineFaults.NotStarted("kafka-3", new DockerApiException(HttpStatusCode.InternalServerError, """{"message":"runc did not terminate successfully"}"""), free).Contains("disk of the container engine is full", StringComparison.Ordinal));

    // The last lines of MySQL 8.0, of a broker, and of one that ended over something else.
    [Theory]
    [InlineData("2026-11-26T01:00:00Z 0 [ERROR] [MY-012267] [InnoDB] Error number 28 means 'No space left on device'", 20_000_000_000L, true)]
    [InlineData("mysqld: Error writing file './binlog.index' (OS errno 28 - No space left on device)", null, true)]
    [InlineData("java.io.IOException: No space left on device", null, true)]
    [InlineData("[ERROR] [MY-010119] [Server] Aborting", 1024L, true)]
    [InlineData("[ERROR] [MY-010119] [Server] Aborting", 20_000_000_000L, false)]
    [InlineData("[ERROR] [MY-010119] [Server] Aborting", null, false)]
    public void A_server_that_met_the_full_disk_first_names_it_in_one_line(string lastLine, long? free, bool full)
    {
        string? line = EngineFaults.MetFullDisk("mysql", ["starting", lastLine], free);

        Assert.Equal(full, line is not null);
        Assert.True(line is null || (line.StartsWith("mysql: the disk of the container engine is full", StringComparison.Ordinal) && !line.Contains('\n')), line);
    }

    [Fact]
    public void A_socket_that_is_not_there_is_said_so() =>
        Assert.Equal("there is no such socket", EngineFaults.Words(new HttpRequestException("no", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.AddressNotAvailable))));

    [Fact]
    public void An_image_that_is_gone_says_so() =>
        Assert.Contains("its image is gone", EngineFaults.NotStarted("mysql", new DockerApiException(HttpStatusCode.NotFound, """{"message":"No such image: mysql:8.0"}""")), StringComparison.Ordinal);

    [Theory]
    [InlineData("mysql:8.0", "mysql", "8.0")]
    [InlineData("mysql", "mysql", "latest")]
    [InlineData("registry.example:5000/lab/mysql", "registry.example:5000/lab/mysql", "latest")]
    [InlineData("registry.example:5000/lab/mysql:8.4", "registry.example:5000/lab/mysql", "8.4")]
    [InlineData("mysql@sha256:abc", "mysql@sha256:abc", null)]
    public void An_image_is_pulled_by_one_tag(string image, string repository, string? tag) => Assert.Equal((repository, tag), EngineImages.Split(image));

    [Theory]
    [InlineData("mysql", "https://index.docker.io/v1/")]
    [InlineData("confluentinc/cp-kafka", "https://index.docker.io/v1/")]
    [InlineData("registry.example:5000/lab/mysql", "registry.example:5000")]
    public void The_registry_of_an_image_is_the_host_before_the_slash(string repository, string registry) => Assert.Equal(registry, RegistryLogins.Registry(repository));

    [Theory]
    [InlineData("unix:///run/user/1000/docker.sock")]
    [InlineData("tcp://127.0.0.1:2375")]
    public void DOCKER_HOST_is_heeded(string address) => Assert.Equal(new Uri(address), EngineEndpoint.Find(name => name == "DOCKER_HOST" ? address : null));

    [Theory]
    [InlineData("tcp://192.168.0.7:2375", "another machine")]
    [InlineData("docker.sock", "no address")]
    [InlineData("tcp://", "no address")]
    [InlineData("unix://", "no address")]
    public void A_DOCKER_HOST_that_cannot_be_is_one_line(string address, string expected) =>
        Assert.Contains(expected, Assert.Throws<UnavailableException>(() => EngineEndpoint.Find(name => name == "DOCKER_HOST" ? address : null)).Message, StringComparison.Ordinal);
}
