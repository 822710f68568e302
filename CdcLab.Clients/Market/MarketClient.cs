using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace CdcLab.Clients.Market;

/// <summary>The client of the order simulator's API.</summary>
public sealed class MarketClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="address">The API's address, e.g. <c>http://127.0.0.1:5187/</c>.</param>
    /// <param name="token">The lab's token; null for a client that only reads.</param>
    /// <param name="timeout">The time limit of a request; 5 s by default.</param>
    public MarketClient(Uri address, string? token, TimeSpan? timeout = null)
    {
        // A proxy of the environment is for the internet, not for this machine.
        _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = address, Timeout = timeout ?? TimeSpan.FromSeconds(5) };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Reads the market's state.</summary>
    /// <exception cref="HttpRequestException">The simulator does not answer, or refuses the request.</exception>
    public Task<MarketState> StateAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Get, "v1/market", null, cancellationToken);

    /// <summary>Stops placing new orders. Open orders are still completed.</summary>
    /// <exception cref="HttpRequestException">The simulator does not answer, or refuses the request.</exception>
    public Task<MarketState> PauseAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Post, "v1/market/pause", null, cancellationToken);

    /// <summary>Places new orders again.</summary>
    /// <exception cref="HttpRequestException">The simulator does not answer, or refuses the request.</exception>
    public Task<MarketState> ResumeAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Post, "v1/market/resume", null, cancellationToken);

    /// <summary>Sets the rate. A paused market stays paused.</summary>
    /// <exception cref="HttpRequestException">The simulator does not answer, or refuses the request.</exception>
    public Task<MarketState> SetRateAsync(OrderRate rate, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/market/rate", new(rate.ToString()), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<MarketState> SendAsync(HttpMethod method, string path, MarketRateRequest? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body, options: LabJson.Options);
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"The order simulator refused {path}: {await ReasonAsync(response, cancellationToken)}", null, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<MarketState>(LabJson.Options, cancellationToken)
            ?? throw new HttpRequestException($"The order simulator answered {path} with an empty body.");
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using JsonDocument problem = JsonDocument.Parse(text);
            if (problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out JsonElement detail))
                return $"{(int)response.StatusCode}, {detail}";
        }
        catch (JsonException)
        {
            // Not a problem document: another program answers on this port. The status is all there is to report.
        }

        return $"{(int)response.StatusCode} {response.ReasonPhrase}";
    }
}
