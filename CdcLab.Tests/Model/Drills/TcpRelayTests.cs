using System.Net;
using System.Net.Sockets;
using CdcLab.AppHost.Drills;

namespace CdcLab.Tests.Model.Drills;

[Trait("tier", "model")]
public sealed class TcpRelayTests : IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly TcpRelay _relay;

    public TcpRelayTests()
    {
        _server.Start();
        _relay = new(((IPEndPoint)_server.LocalEndpoint).Port);
        _ = EchoAsync();
    }

    [Fact]
    public async Task What_is_sent_arrives_and_so_does_the_answer()
    {
        using TcpClient client = await ConnectAsync();
        Assert.Equal(7, await AskAsync(client, 7));
    }

    [Fact]
    public async Task A_cut_holds_everything_up_and_nothing_is_lost_when_it_is_healed()
    {
        using TcpClient before = await ConnectAsync();
        Assert.Equal(1, await AskAsync(before, 1));
        _relay.Cut();
        using TcpClient during = await ConnectAsync();
        Task<byte>[] held = [AskAsync(before, 2), AskAsync(during, 3)];
        await Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken);
        Assert.All(held, h => Assert.False(h.IsCompleted));

        _relay.Heal();
        Assert.Equal([2, 3], await Task.WhenAll(held).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_delay_holds_each_up_and_not_those_behind_it()
    {
        _relay.Delay = TimeSpan.FromMilliseconds(50);
        using TcpClient client = await ConnectAsync();
        await AskAsync(client, 0);
        long began = Stopwatch.GetTimestamp();
        NetworkStream stream = client.GetStream();
        for (byte i = 0; i < 20; i++)
        {
            await stream.WriteAsync(new[] { i }, TestContext.Current.CancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        }

        byte[] answers = new byte[20];
        await stream.ReadExactlyAsync(answers, TestContext.Current.CancellationToken);
        // One after the other they would take two seconds.
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.1, 1.5);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (byte)i), answers);
    }

    public void Dispose()
    {
        _relay.Dispose();
        _server.Dispose();
    }

    private async Task<TcpClient> ConnectAsync()
    {
        TcpClient client = new() { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, _relay.Port, TestContext.Current.CancellationToken);
        return client;
    }

    private static async Task<byte> AskAsync(TcpClient client, byte question)
    {
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(new[] { question }, TestContext.Current.CancellationToken);
        byte[] answer = new byte[1];
        await stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        return answer[0];
    }

    private async Task EchoAsync()
    {
        while (true)
        {
            TcpClient client = await _server.AcceptTcpClientAsync();
            client.NoDelay = true;
            _ = Task.Run(async () =>
            {
                using TcpClient one = client;
                NetworkStream stream = one.GetStream();
                await stream.CopyToAsync(stream);
            });
        }
    }
}
