using System.Net.Http.Headers;

namespace CdcLab.Clients;

internal static class LoopbackHttp
{
    /// <summary>Makes a client; without a token it can only read.</summary>
    public static HttpClient Client(Uri address, string? token, TimeSpan timeout)
    {
        // A proxy of the environment is for the internet, not for this machine.
        SocketsHttpHandler handler = new() { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2), AllowAutoRedirect = false };
        HttpClient client = new(handler) { BaseAddress = address, Timeout = timeout };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
