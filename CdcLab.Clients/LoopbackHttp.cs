namespace CdcLab.Clients;

/// <summary>How the clients of our own APIs speak HTTP.</summary>
internal static class LoopbackHttp
{
    public static HttpClient Client(Uri endpoint)
    {
        SocketsHttpHandler handler = new()
        {
            // A proxy of the environment is for the internet, not for this machine.
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            AllowAutoRedirect = false,

            // Closing a lease must close its connection at once, not wait for the rest of an answer that has no end.
            MaxResponseDrainSize = 0,
        };
        // Each call has a limit of its own: a lease stays open for as long as the fault shall last.
        return new HttpClient(handler) { BaseAddress = endpoint, Timeout = Timeout.InfiniteTimeSpan };
    }
}
