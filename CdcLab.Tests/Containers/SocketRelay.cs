using System.Net.Sockets;

namespace CdcLab.Tests.Containers;

/// <summary>A socket that leads to the engine's until it is closed: an engine that falls silent, while that of all other tests goes on.</summary>
public sealed class SocketRelay : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _accepting;

    /// <summary>Opens it.</summary>
    /// <param name="path">Where it listens.</param>
    /// <param name="target">Where it leads.</param>
    public SocketRelay(string path, string target)
    {
        Path = path;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(64);
        _accepting = AcceptAsync(target);
    }

    /// <summary>Where it listens.</summary>
    public string Path { get; }

    /// <summary>Ends every connection, and refuses new ones.</summary>
    public async Task CloseAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        File.Delete(Path);
        await _accepting;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
            await CloseAsync();
        _stop.Dispose();
    }

    private async Task AcceptAsync(string target)
    {
        List<Task> relayed = [];
        try
        {
            while (true)
                relayed.Add(RelayAsync(await _listener.AcceptAsync(_stop.Token), target));
        }
        catch (Exception closed) when (closed is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(relayed);
        }
    }

    private async Task RelayAsync(Socket client, string target)
    {
        using Socket engine = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using (client)
        {
            try
            {
                await engine.ConnectAsync(new UnixDomainSocketEndPoint(target), _stop.Token);
                await using NetworkStream one = new(client);
                await using NetworkStream other = new(engine);
                await Task.WhenAny(one.CopyToAsync(other, _stop.Token), other.CopyToAsync(one, _stop.Token));
            }
            catch (Exception closed) when (closed is OperationCanceledException or SocketException or IOException)
            {
                // One side has gone, and the other goes with it.
                client.Close();
            }
        }
    }
}
