using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class DownloadTests : IDisposable
{
    private static readonly byte[] Content = KafkaTgz.Release();

    private readonly TestFolder _folder = new();
    private readonly Reports _reports = new();

    internal static DownloadLimits Impatient { get; } = new(
        TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(300), Attempts: 3, TimeSpan.FromMilliseconds(10), MaxBytes: 1 << 20);

    [Theory]
    [InlineData(403, true)]
    [InlineData(503, true)]
    [InlineData(407, false)]
    [InlineData(504, false)]
    public async Task Proxy_that_lets_nobody_through_is_no_way_to_the_server_but_one_that_asks_for_a_login_or_waited_in_vain_is_a_fault(int status, bool unreachable)
    {
        await using var proxy = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, status, [], token));
        using var download = new Download("Lab:Some:Setting", Impatient, new System.Net.WebProxy(proxy.Address));
        var fault = await Record.ExceptionAsync(() => download.FileAsync(new Uri("https://archive.example/file.tgz"), Target, _reports.For("kafka"), TestContext.Current.CancellationToken));
        Assert.IsType(unreachable ? typeof(UnreachableSourceException) : typeof(ProgramUnavailableException), fault);
        Assert.Equal("archive.example:443", proxy.Requests[0].Path);
    }

    [Fact]
    public async Task Whole_file_arrives_and_progress_ends_at_its_length()
    {
        await using var server = RawHttpServer.OfFile(Content, "");
        await AssertArrivesAsync(server);
        Assert.Equal(Content.Length, _reports.All[^1].DoneBytes);
        Assert.Equal(Content.Length, _reports.All[^1].TotalBytes);
    }

    [Fact]
    public async Task Connection_cut_at_60_percent_goes_on_where_it_was_cut()
    {
        var cut = Content.Length * 6 / 10;
        await using var server = new RawHttpServer((request, stream, token)
            => RawHttpServer.SendFileAsync(request, stream, Content, request.RangeFrom is null ? cut : int.MaxValue, token));
        await AssertArrivesAsync(server);
        Assert.Equal([null, cut], server.Requests.Select(request => request.RangeFrom));
        Assert.Equal("\"v1\"", server.Requests[1].IfRange);
    }

    [Fact]
    public async Task Connection_cut_again_and_again_arrives_as_long_as_each_time_brings_more()
    {
        await using var server = new RawHttpServer((request, stream, token) => RawHttpServer.SendFileAsync(request, stream, Content, Content.Length / 8, token));
        await AssertArrivesAsync(server);
        Assert.InRange(server.Requests.Count, 8, 10);
    }

    [Fact]
    public async Task Server_without_ranges_is_read_from_the_beginning_again()
    {
        var attempt = 0;
        await using var server = new RawHttpServer((request, stream, token)
            => RawHttpServer.SendFileAsync(request with { RangeFrom = null }, stream, Content, Interlocked.Increment(ref attempt) == 1 ? 1000 : int.MaxValue, token));
        await AssertArrivesAsync(server);
    }

    [Fact]
    public async Task File_that_changed_between_two_attempts_is_the_new_one_whole()
    {
        var changed = KafkaTgz.Release("3.4.0");
        await using var server = new RawHttpServer((request, stream, token) => request.RangeFrom is null
            ? RawHttpServer.SendFileAsync(request, stream, Content, 1000, token)
            : RawHttpServer.SendFileAsync(request with { RangeFrom = null }, stream, changed, int.MaxValue, token));
        await DownloadAsync(server);
        Assert.Equal(changed, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Server_that_sends_another_range_than_asked_for_is_not_believed()
    {
        await using var server = new RawHttpServer((request, stream, token) => request.RangeFrom is null
            ? RawHttpServer.SendFileAsync(request, stream, Content, 1000, token)
            : RawHttpServer.SendFileAsync(request with { RangeFrom = 10 }, stream, Content, int.MaxValue, token));
        Assert.Contains("could not be downloaded", (await FailsAsync(server)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_promises_more_than_it_sends_gives_a_clear_error()
    {
        await using var server = new RawHttpServer((request, stream, token) => request.RangeFrom is null
            ? RawHttpServer.SendHeadAndBodyAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: {Content.Length + 500}\r\nConnection: close\r\n\r\n", Content, token)
            : RawHttpServer.SendAsync(stream, 416, [], token));
        Assert.Contains("could not be downloaded", (await FailsAsync(server)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_promises_less_than_it_sends_is_cut_where_it_promised()
    {
        // What arrives is too short, which the digest shows: here it must only end.
        await using var server = new RawHttpServer((_, stream, token)
            => RawHttpServer.SendHeadAndBodyAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: 700\r\nConnection: close\r\n\r\n", Content, token));
        await DownloadAsync(server);
        Assert.Equal(700, new FileInfo(Target).Length);
    }

    [Fact]
    public async Task Server_that_hangs_in_the_middle_is_given_up()
    {
        await using var server = new RawHttpServer(async (request, stream, token) =>
        {
            await RawHttpServer.SendFileAsync(request, stream, Content, request.RangeFrom is null ? 5000 : 0, token);
            await Task.Delay(Timeout.Infinite, token);
        });
        var fault = await FailsAsync(server);
        Assert.Contains("nothing arrived for 0.3 s", fault.Message, StringComparison.Ordinal);
        Assert.Contains("at 5,000 of", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_is_slow_but_steady_is_waited_for()
    {
        await using var server = new RawHttpServer(async (request, stream, token) =>
        {
            await RawHttpServer.SendFileAsync(request, stream, Content, 0, token);
            // Longer in all than the time without a byte that is allowed.
            using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(60));
            foreach (var piece in Content.Chunk((Content.Length / 10) + 1))
            {
                await pace.WaitForNextTickAsync(token);
                await stream.WriteAsync(piece, token);
            }
        });
        await AssertArrivesAsync(server);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Server_that_redirects_forever_gives_a_clear_error()
    {
        await using var server = new RawHttpServer((request, stream, token) => RawHttpServer.SendAsync(stream, 302, [], token, $"Location: {request.Path}x\r\n"));
        Assert.Contains("redirects more than ten times", (await FailsAsync(server)).Message, StringComparison.Ordinal);
        Assert.Equal(11, server.Requests.Count);
    }

    [Fact]
    public async Task Redirect_to_a_mirror_is_followed()
    {
        await using var server = new RawHttpServer((request, stream, token) => request.Path == "/file"
            ? RawHttpServer.SendAsync(stream, 302, [], token, "Location: /mirror\r\n")
            : RawHttpServer.SendFileAsync(request, stream, Content, int.MaxValue, token));
        await AssertArrivesAsync(server);
    }

    [Fact]
    public async Task Server_that_is_down_for_a_moment_is_tried_again()
    {
        var attempt = 0;
        await using var server = new RawHttpServer((request, stream, token) => Interlocked.Increment(ref attempt) < 3
            ? RawHttpServer.SendAsync(stream, 503, [], token)
            : RawHttpServer.SendFileAsync(request, stream, Content, int.MaxValue, token));
        await AssertArrivesAsync(server);
    }

    [Fact]
    public async Task Server_that_refuses_is_not_tried_again()
    {
        await using var server = new RawHttpServer((_, stream, token) => RawHttpServer.SendAsync(stream, 403, [], token));
        Assert.Contains("answers 403", (await FailsAsync(server)).Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task File_without_end_is_given_up()
    {
        var block = new byte[1 << 16];
        await using var server = new RawHttpServer(async (_, stream, token) =>
        {
            await RawHttpServer.SendHeadAndBodyAsync(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", block, token);
            while (true)
                await stream.WriteAsync(block, token);
        });
        Assert.Contains("sends more than", (await FailsAsync(server)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_that_is_refused_is_unreachable()
        => await Assert.ThrowsAsync<UnreachableSourceException>(() => DownloadAsync(new Uri("http://127.0.0.1:1/file"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task Cancellation_ends_a_hanging_transfer()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var server = new RawHttpServer(async (_, _, token) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DownloadAsync(new Uri(server.Address, "file"), cancel.Token));
    }

    public void Dispose() => _folder.Dispose();

    private string Target => _folder.Below("file");

    private async Task AssertArrivesAsync(RawHttpServer server)
    {
        await DownloadAsync(server);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken));
    }

    private Task<ProgramUnavailableException> FailsAsync(RawHttpServer server) => Assert.ThrowsAsync<ProgramUnavailableException>(() => DownloadAsync(server));

    private Task DownloadAsync(RawHttpServer server) => DownloadAsync(new Uri(server.Address, "file"), TestContext.Current.CancellationToken);

    private async Task DownloadAsync(Uri address, CancellationToken cancellationToken)
    {
        using var download = new Download("Lab:Some:Setting", Impatient);
        await download.FileAsync(address, Target, _reports.For("kafka"), cancellationToken);
    }
}
