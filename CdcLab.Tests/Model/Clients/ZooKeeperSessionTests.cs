using System.Net;
using System.Net.Sockets;
using CdcLab.Clients;
using CdcLab.Clients.ZooKeeper;

namespace CdcLab.Tests.Model.Clients;

[Trait("tier", "model")]
public sealed class ZooKeeperSessionTests
{
    private static readonly byte[] Connected = Packet(p =>
    {
        p.Int32(0);
        p.Int32(4000);
        p.Int64(1);
        p.Buffer(new byte[16]);
    });

    [Fact]
    public async Task Node_is_read()
    {
        await using OneAnswerServer server = new(Connected, Reply(request: 1, error: 0, p => p.Buffer("here"u8)));
        await using ZooKeeperSession session = await OpenAsync(server);

        Assert.Equal("here"u8.ToArray(), (await session.ReadAsync(["/a"], TestContext.Current.CancellationToken))[0]);
    }

    [Fact]
    public async Task Node_that_is_not_there_is_null_and_has_no_children()
    {
        await using OneAnswerServer server = new(Connected, Reply(1, -101), Reply(2, -101));
        await using ZooKeeperSession session = await OpenAsync(server);

        Assert.Null((await session.ReadAsync(["/a"], TestContext.Current.CancellationToken))[0]);
        Assert.Empty(await session.ChildrenAsync("/a", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Refusal_is_told_with_its_code()
    {
        await using OneAnswerServer server = new(Connected, Reply(1, -102));
        await using ZooKeeperSession session = await OpenAsync(server);

        Assert.Equal(-102, (await Assert.ThrowsAsync<ZooKeeperException>(() => session.ReadAsync(["/a"], TestContext.Current.CancellationToken))).Code);
    }

    [Fact]
    public async Task Answer_to_another_request_is_refused()
    {
        await using OneAnswerServer server = new(Connected, Reply(7, 0, p => p.Buffer("x"u8)));
        await using ZooKeeperSession session = await OpenAsync(server);

        await Assert.ThrowsAsync<InvalidDataException>(() => session.ReadAsync(["/a"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_cut_of_an_answer_ends_in_a_clear_exception()
    {
        byte[] whole = Reply(1, 0, p => p.Buffer("here"u8));
        for (int length = 0; length < whole.Length; length++)
        {
            await using OneAnswerServer server = new(Connected, whole[..length]);
            await using ZooKeeperSession session = await OpenAsync(server);
            await Assert.ThrowsAsync<EndOfStreamException>(() => session.ReadAsync(["/a"], TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(0x48545450)]
    public async Task What_is_not_ZooKeeper_is_refused_without_being_believed(int length)
    {
        WireWriter head = new();
        head.Int32(length);
        await using OneAnswerServer server = new(head.Written.ToArray());

        await Assert.ThrowsAsync<InvalidDataException>(() => OpenAsync(server));
    }

    [Fact]
    public async Task Server_that_never_answers_is_waited_for_no_longer_than_asked()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ZooKeeperSession.OpenAsync("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port, soon.Token));
    }

    private static Task<ZooKeeperSession> OpenAsync(OneAnswerServer server) => ZooKeeperSession.OpenAsync("127.0.0.1", server.Port, TestContext.Current.CancellationToken);

    private static byte[] Reply(int request, int error, Action<WireWriter>? body = null) => Packet(p =>
    {
        p.Int32(request);
        p.Int64(9);
        p.Int32(error);
        body?.Invoke(p);
    });

    private static byte[] Packet(Action<WireWriter> body)
    {
        WireWriter writer = new();
        writer.Packet(body);
        return writer.Written.ToArray();
    }
}
