using System.Net;
using System.Net.Sockets;

namespace CdcLab.Tests.Model.Programs;

/// <summary>An HTTP server that says exactly what a test tells it to, also what no decent server would.</summary>
internal sealed class RawHttpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Request> _requests = [];
    private readonly Lock _gate = new();
    private readonly Func<Request, Stream, CancellationToken, Task> _answer;
    private readonly Task _running;

    public RawHttpServer(Func<Request, Stream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _running = Task.WhenAll(AcceptAsync(), Task.CompletedTask);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    /// <summary>A server of one file that honours Range.</summary>
    public static RawHttpServer OfFile(byte[] content, string digest, Task? after = null) => new(async (request, stream, token) =>
    {
        if (after is not null)
            await after.WaitAsync(token);
        if (request.Path.EndsWith(".sha512", StringComparison.Ordinal))
            await SendAsync(stream, 200, Encoding.ASCII.GetBytes(digest), token);
        else
            await SendFileAsync(request, stream, content, content.Length, token);
    });

    public static Task SendAsync(Stream stream, int status, byte[] body, CancellationToken token, string extraHeader = "")
        => SendHeadAndBodyAsync(stream, $"HTTP/1.1 {status} Text\r\nContent-Length: {body.Length}\r\n{extraHeader}Connection: close\r\n\r\n", body, token);

    /// <summary>Sends the asked range of a file, but at most <paramref name="most"/> bytes of it, and then closes the connection.</summary>
    public static Task SendFileAsync(Request request, Stream stream, byte[] content, int most, CancellationToken token)
    {
        var from = request.RangeFrom ?? 0;
        var length = content.Length - from;
        var head = request.RangeFrom is null
            ? $"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n"
            : $"HTTP/1.1 206 Partial Content\r\nContent-Length: {length}\r\nContent-Range: bytes {from}-{content.Length - 1}/{content.Length}\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n";
        return SendHeadAndBodyAsync(stream, head, content.AsMemory(from, Math.Min(length, most)), token);
    }

    public static async Task SendHeadAndBodyAsync(Stream stream, string head, ReadOnlyMemory<byte> body, CancellationToken token)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), token);
        await stream.WriteAsync(body, token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is (OperationCanceledException or SocketException or InvalidOperationException))
        {
            // Stopped while it waited, or between two connections: then there is no listener to wait at.
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = await ReadAsync(stream);
                lock (_gate)
                    _requests.Add(request);
                await _answer(request, stream, _stop.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client has gone, or the test is over.
            }
        }
    }

    private async Task<Request> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync(_stop.Token) ?? "GET / HTTP/1.1").Split(' ')[1];
        int? from = null;
        string? ifRange = null;
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                from = int.Parse(line["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            else if (line.StartsWith("If-Range: ", StringComparison.OrdinalIgnoreCase))
                ifRange = line["If-Range: ".Length..];
        }

        return new Request(path, from, ifRange);
    }

    internal sealed record Request(string Path, int? RangeFrom, string? IfRange);
}
