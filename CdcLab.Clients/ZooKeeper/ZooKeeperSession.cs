using System.Buffers.Binary;
using System.Net.Sockets;

namespace CdcLab.Clients.ZooKeeper;

/// <summary>One short session with ZooKeeper, for reading: connect, read nodes, close.</summary>
/// <remarks>
/// One session for each look, none kept: a look costs one TCP connection and two small transactions, and after a restart of ZooKeeper the next look works at
/// once, with no session to expire or to renew. It sets no watches. The protocol: ZooKeeper's <c>zookeeper.jute</c>.
/// </remarks>
public sealed class ZooKeeperSession : IAsyncDisposable
{
    private const int GetData = 4;
    private const int GetChildren = 8;
    private const int CloseSession = -11;
    private const int NoNode = -101;

    /// <summary>ZooKeeper's own limit of one node, <c>jute.maxbuffer</c>, is 1 MiB; a list of children may be longer.</summary>
    private const int LongestAnswer = 4 * 1024 * 1024;

    // A session that we cannot close (the verifier was killed) is gone soon; ZooKeeper raises it to two ticks.
    private const int SessionMilliseconds = 4000;

    private readonly TcpClient _tcp;
    private readonly NetworkStream _stream;
    private int _lastRequest;

    private ZooKeeperSession(TcpClient tcp)
    {
        _tcp = tcp;
        _stream = tcp.GetStream();
    }

    private delegate T Parse<out T>(JuteReader answer);

    /// <summary>Opens a session.</summary>
    /// <param name="host">ZooKeeper's host.</param>
    /// <param name="port">Its client port.</param>
    /// <param name="cancellationToken">Ends the wait; give it a deadline.</param>
    /// <returns>The session.</returns>
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

    /// <summary>Reads the data of many nodes in one round trip.</summary>
    /// <param name="paths">Their paths.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The data of each, in the same order; null where there is no such node.</returns>
    public Task<IReadOnlyList<byte[]?>> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        AskAsync(GetData, paths, static answer => answer.Buffer().ToArray(), cancellationToken);

    /// <summary>Reads the names of a node's children.</summary>
    /// <param name="path">The node's path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The names, without the path; empty where there is no such node.</returns>
    public async Task<IReadOnlyList<string>> ChildrenAsync(string path, CancellationToken cancellationToken) =>
        (await AskAsync(GetChildren, [path], static answer => answer.Texts(), cancellationToken))[0] ?? [];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            JuteWriter writer = new();
            writer.Packet(p =>
            {
                p.Int32(++_lastRequest);
                p.Int32(CloseSession);
            });

            // Its answer is not waited for: ZooKeeper closes the session when it reads this, and after the session's time-out if it never does.
            await _stream.WriteAsync(writer.Written);
        }
        catch (IOException)
        {
            // The connection is broken already, and the session ends with its time-out.
        }

        _tcp.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        JuteWriter writer = new();
        writer.Packet(p =>
        {
            p.Int32(0); // protocol version
            p.Int64(0); // last transaction seen
            p.Int32(SessionMilliseconds);
            p.Int64(0); // a new session
            p.Buffer(stackalloc byte[16]);
            p.Bool(false); // not read-only
        });
        await _stream.WriteAsync(writer.Written, cancellationToken);
        if (ReadGrantedMilliseconds(await AnswerAsync(cancellationToken)) <= 0)
            throw new InvalidDataException("ZooKeeper refused the session.");
    }

    /// <summary>All requests are written at once and answered in their order, which ZooKeeper guarantees.</summary>
    private async Task<IReadOnlyList<T?>> AskAsync<T>(int operation, IReadOnlyList<string> paths, Parse<T> parse, CancellationToken cancellationToken)
        where T : class
    {
        JuteWriter writer = new();
        int first = _lastRequest + 1;
        foreach (string path in paths)
        {
            writer.Packet(p =>
            {
                p.Int32(++_lastRequest);
                p.Int32(operation);
                p.Text(path);
                p.Bool(false); // no watch
            });
        }

        await _stream.WriteAsync(writer.Written, cancellationToken);
        List<T?> answers = new(paths.Count);
        for (int i = 0; i < paths.Count; i++)
            answers.Add(ReadAnswer(await AnswerAsync(cancellationToken), first + i, paths[i], parse));
        return answers;
    }

    private async Task<byte[]> AnswerAsync(CancellationToken cancellationToken)
    {
        byte[] head = new byte[sizeof(int)];
        await _stream.ReadExactlyAsync(head, cancellationToken);
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length is < 0 or > LongestAnswer)
            throw new InvalidDataException("What listens there does not answer as ZooKeeper does.");
        byte[] answer = new byte[length];
        await _stream.ReadExactlyAsync(answer, cancellationToken);
        return answer;
    }

    private static int ReadGrantedMilliseconds(ReadOnlySpan<byte> answer)
    {
        JuteReader reader = new(answer);
        _ = reader.Int32(); // protocol version
        return reader.Int32();
    }

    private static T? ReadAnswer<T>(ReadOnlySpan<byte> answer, int request, string path, Parse<T> parse)
        where T : class
    {
        JuteReader reader = new(answer);
        int answered = reader.Int32();
        _ = reader.Int64(); // transaction
        int error = reader.Int32();
        if (answered != request)
            throw new InvalidDataException("ZooKeeper answered another request than was asked.");
        return error switch
        {
            0 => parse(reader),
            NoNode => null,
            _ => throw new ZooKeeperException($"ZooKeeper refused to read {path} (its error {error}).", error),
        };
    }
}
