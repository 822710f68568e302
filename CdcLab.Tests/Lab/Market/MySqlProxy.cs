using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CdcLab.Tests.Lab.Market;

/// <summary>Stands between a client and MySQL, forwards bytes, and when it is told to loses the answer to a COMMIT: what no real server can be made to do.</summary>
public sealed class MySqlProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly ConcurrentQueue<LostAnswer> _toLose = new();
    private readonly int _serverPort;
    private readonly Task _accepting;
    private int _lost;

    public MySqlProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How an answer is lost.</summary>
    public enum LostAnswer
    {
        /// <summary>MySQL answers, the answer goes nowhere, the connection is closed.</summary>
        AfterCommit,

        /// <summary>The connection is closed the moment the COMMIT was sent: MySQL may still be at it when the client asks.</summary>
        WhileCommitting,

        /// <summary>The COMMIT itself never reaches MySQL.</summary>
        BeforeCommit,

        /// <summary>Nothing is closed, and nothing comes any more.</summary>
        Hangs,
    }

    /// <summary>The port to connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many answers were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Loses the answer to the next COMMIT, whoever sends it.</summary>
    public void LoseNext(LostAnswer how) => _toLose.Enqueue(how);

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested)
            return;
        await _ended.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_ended.Token)));
    }

    private async Task ServeAsync(Socket client)
    {
        using Socket server = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        using (CancellationTokenSource one = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token))
        {
            client.NoDelay = true;
            TaskCompletionSource<LostAnswer> losing = new(TaskCreationOptions.RunContinuationsAsynchronously);
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, one.Token);
                Task there = ToServerAsync(client, server, losing, one.Token);
                Task back = ToClientAsync(server, client, losing, one.Token);
                await Task.WhenAny(there, back);
                await one.CancelAsync();
                await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // MySQL is gone, or the test is over: the client sees its connection closed.
                _ = e;
            }
        }
    }

    private async Task ToServerAsync(Socket client, Socket server, TaskCompletionSource<LostAnswer> losing, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = await client.ReceiveAsync(buffer, cancellationToken)) > 0)
        {
            // A COMMIT is a packet of its own and so small that it comes in one piece; before its text stand length, command and the count of query attributes.
            bool isCommit = buffer.AsSpan(0, read).EndsWith("COMMIT"u8) && read < 32;
            if (isCommit && _toLose.TryDequeue(out LostAnswer how))
            {
                Interlocked.Increment(ref _lost);
                losing.SetResult(how);
                if (how == LostAnswer.BeforeCommit)
                    return;
                await server.SendAsync(buffer.AsMemory(0, read), cancellationToken);
                if (how == LostAnswer.WhileCommitting)
                    return;
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            await server.SendAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    private static async Task ToClientAsync(Socket server, Socket client, TaskCompletionSource<LostAnswer> losing, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = await server.ReceiveAsync(buffer, cancellationToken)) > 0)
        {
            if (losing.Task.IsCompletedSuccessfully)
            {
                LostAnswer how = await losing.Task;
                if (how == LostAnswer.Hangs)
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                return;
            }

            await client.SendAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
