using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace CdcLab.AppHost.Drills;

/// <summary>Passes TCP connections on to one port, on loopback; can be cut, and can be slow. What a cut connection carries is not lost: it goes on when the cut is
/// healed, as over a network that resends.</summary>
internal sealed class TcpRelay : IDisposable
{
    private const int ChunkBytes = 64 * 1024;
    // Chunks that are under way in one direction; beyond it the sender waits.
    private const int Underway = 64;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _target;
    private volatile TaskCompletionSource _open = Opened();
    private long _delayTicks;

    public TcpRelay(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync(_stop.Token);
    }

    public int Port { get; }

    /// <summary>What each direction adds to whatever passes from now on.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _delayTicks));
        set => Interlocked.Exchange(ref _delayTicks, value.Ticks);
    }

    /// <summary>From now on nothing passes, in neither direction, and new connections get no answer.</summary>
    public void Cut()
    {
        if (_open.Task.IsCompleted)
            _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Heal() => _open.TrySetResult();

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        TaskCompletionSource open = new();
        open.SetResult();
        return open;
    }

    private async Task AcceptAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(stop), stop);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One that came to nothing, or the end.
            }
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using TcpClient near = client, far = new() { NoDelay = true };
        near.NoDelay = true;
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await _open.Task.WaitAsync(stop);
            await far.ConnectAsync(IPAddress.Loopback, _target, stop);
            // One direction that ends takes the other with it: Kafka's clients never close only one.
            await Task.WhenAny(PassAsync(near.GetStream(), far.GetStream(), end.Token), PassAsync(far.GetStream(), near.GetStream(), end.Token));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Nobody listens there, or it ended.
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    private async Task PassAsync(NetworkStream from, NetworkStream to, CancellationToken stop)
    {
        Channel<(byte[] Bytes, long Due)> underway = Channel.CreateBounded<(byte[], long)>(Underway);
        Task writing = WriteAsync();
        try
        {
            byte[] buffer = new byte[ChunkBytes];
            while (await from.ReadAsync(buffer, stop) is var count && count > 0)
                await underway.Writer.WriteAsync((buffer[..count], Stopwatch.GetTimestamp() + (long)(Delay.TotalSeconds * Stopwatch.Frequency)), stop);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection ended.
        }

        underway.Writer.TryComplete();
        await writing;

        async Task WriteAsync()
        {
            try
            {
                await foreach ((byte[] bytes, long due) in underway.Reader.ReadAllAsync(stop))
                {
                    if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is var left && left > TimeSpan.Zero)
                        await Task.Delay(left, stop);
                    await _open.Task.WaitAsync(stop);
                    await to.WriteAsync(bytes, stop);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The connection ended.
            }
        }
    }
}
