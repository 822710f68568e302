using System.Net.Sockets;

namespace CdcLab.Clients.ZooKeeper;

/// <summary>One short session with ZooKeeper, for reading: connect, read nodes, close.</summary>
/// <remarks>One session for each look, none kept: a look costs one TCP connection and two small transactions, and after a restart of ZooKeeper the next look works at
/// once, with no session to expire or to renew. It sets no watches. The protocol: ZooKeeper's <c>zookeeper.jute</c>.</remarks>
public sealed class ZooKeeperSession : IAsyncDisposable
{
    private const int GetData = 4;
    private const int GetChildren = 8;
    private const int CloseSession = -11;
    private const int NoNode = -101;

    // ZooKeeper's own limit of one node, jute.maxbuffer, is 1 MiB; a list of children may be longer.
    private const int LongestAnswer = 4 * 1024 * 1024;

    // A session that we cannot close (the verifier was killed) is gone soon; ZooKeeper raises it to two ticks.
    private const int SessionMilliseconds = 4000;

    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;
    private int _lastRequest;

    private ZooKeeperSession(TcpClient tcp) => (_tcp, _stream) = (tcp, tcp.GetStream());

    /// <exception cref="SocketException">Nothing listens there.</exception>
    /// <exception cref="IOException">The connection broke: ZooKeeper is starting or ending.</exception>
    /// <exception cref="InvalidDataException">What answered is not ZooKeeper.</exception>
    public static async Task<ZooKeeperSession> OpenAsync(string host, int port, CancellationToken cancellationToken)
    {
        TcpClient tcp = new(AddressFamily.InterNetwork) { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(host, port, cancellationToken);
            ZooKeeperSession session = new(tcp);
            await session.ConnectAsync(cancellationToken);
            return session;
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>Reads the data of many nodes in one round trip, in the order of their paths; null where there is no such node.</summary>
    public Task<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        AskAsync(GetData, paths, static answer => answer.Buffer().ToArray(), cancellationToken);

    /// <summary>The names of a node's children, without its path; none where there is no such node.</summary>
    public async Task<IReadOnlyList<string>> ChildrenAsync(string path, CancellationToken cancellationToken) =>
        (await AskAsync(GetChildren, [path], static answer => answer.Texts(), cancellationToken))[0] ?? [];

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Its answer is not waited for: ZooKeeper closes the session when it reads this, and after the session's time-out if it never does.
            await SendAsync(CancellationToken.None, p =>
            {
                p.Int32(++_lastRequest);
                p.Int32(CloseSession);
            });
        }
        catch (IOException)
        {
            // The connection is broken already, and the session ends with its time-out.
        }

        _tcp.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await SendAsync(cancellationToken, p =>
        {
            p.Int32(0); // protocol version
            p.Int64(0); // last transaction seen
            p.Int32(SessionMilliseconds);
            p.Int64(0); // a new session
            p.Buffer(stackalloc byte[16]);
            p.Bool(false); // not read-only
        });
        WireReader answer = new(await AnswerAsync(cancellationToken));
        _ = answer.Int32(); // protocol version
        if (answer.Int32() <= 0)
            throw new InvalidDataException("ZooKeeper refused the session.");
    }

    // All requests are written at once and answered in their order, which ZooKeeper guarantees.
    private async Task<IReadOnlyList<T?>> AskAsync<T>(int operation, IReadOnlyList<string> paths, Func<WireReader, T> parse, CancellationToken stop)
        where T : class
    {
        int first = _lastRequest + 1;
        await SendAsync(stop, [.. paths.Select(path => (Action<WireWriter>)(p =>
        {
            p.Int32(++_lastRequest);
            p.Int32(operation);
            p.Text(path);
            p.Bool(false); // no watch
        }))]);
        List<T?> answers = new(paths.Count);
        foreach (string path in paths)
        {
            WireReader answer = new(await AnswerAsync(stop));
            if (answer.Int32() != first + answers.Count)
                throw new InvalidDataException("ZooKeeper answered another request than was asked.");
            _ = answer.Int64(); // transaction
            int error = answer.Int32();
            answers.Add(error switch
            {
                0 => parse(answer),
                NoNode => null,
                _ => throw new ZooKeeperException($"ZooKeeper refused to read {path} (its error {error})", error, path),
            });
        }

        return answers;
    }

    private ValueTask SendAsync(CancellationToken cancellationToken, params ReadOnlySpan<Action<WireWriter>> packets)
    {
        WireWriter writer = new();
        foreach (Action<WireWriter> packet in packets)
            writer.Packet(packet);
        return _stream.WriteAsync(writer.Written, cancellationToken);
    }

    private Task<byte[]> AnswerAsync(CancellationToken cancellationToken) => _stream.ReadPacketAsync(LongestAnswer, "ZooKeeper", cancellationToken);
}

/// <summary>ZooKeeper answered, and said no.</summary>
public sealed class ZooKeeperException(string message, int code, string path) : Exception(message)
{
    /// <summary>The code where the node's access list lets nobody read it.</summary>
    public const int NoAuth = -102;

    /// <summary>The node.</summary>
    public string Path => path;

    /// <summary>ZooKeeper's own error code, negative (<c>KeeperException.Code</c>).</summary>
    public int Code => code;
}
