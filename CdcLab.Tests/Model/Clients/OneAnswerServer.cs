using System.Net;
using System.Net.Sockets;

namespace CdcLab.Tests.Model.Clients;

/// <summary>A server that a real one cannot be made to be: to each packet it reads it answers with given bytes, then closes.</summary>
internal sealed class OneAnswerServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public OneAnswerServer(params byte[][] answers)
        : this(greeting: [], answers)
    {
    }

    private OneAnswerServer(byte[] greeting, byte[][] answers)
    {
        _listener.Start();
        _serving = ServeAsync(greeting, answers);
    }

    /// <summary>A server that speaks first.</summary>
    public static OneAnswerServer Greeting(byte[] greeting, params byte[][] answers) => new(greeting, answers);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync(byte[] greeting, byte[][] answers)
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(greeting);
        byte[] asked = new byte[4096];
        foreach (byte[] answer in answers)
        {
            if (await stream.ReadAsync(asked) == 0)
                return;
            await stream.WriteAsync(answer);
        }

        client.Client.Shutdown(SocketShutdown.Send);
        while (await stream.ReadAsync(asked) > 0)
        {
            // Until the client has gone: closing over unread bytes would reset the connection instead of ending it.
        }
    }
}
