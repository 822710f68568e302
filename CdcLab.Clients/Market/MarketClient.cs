using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CdcLab.Model.Live;
using CdcLab.Model.Options;

namespace CdcLab.Clients.Market;

/// <summary>The client of the order simulator's API. It is always on loopback.</summary>
public sealed class MarketClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="port">The simulator's port.</param>
    /// <param name="token">The lab's token; null for one that only looks.</param>
    /// <param name="timeout">How long an answer may take; by default 5 s.</param>
    public MarketClient(int port, string? token, TimeSpan? timeout = null)
    {
        _http = LoopbackHttp.Client(new Uri($"http://127.0.0.1:{port}/"));
        _http.Timeout = timeout ?? TimeSpan.FromSeconds(5);
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>What the market does.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its state.</returns>
    /// <exception cref="HttpRequestException">The simulator does not answer, or refuses.</exception>
    public Task<MarketState> StateAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Get, "v1/market", null, cancellationToken);

    /// <summary>Places no new orders.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The state after it.</returns>
    /// <exception cref="HttpRequestException">The simulator does not answer, or refuses.</exception>
    public Task<MarketState> PauseAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Post, "v1/market/pause", null, cancellationToken);

    /// <summary>Places orders again.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The state after it.</returns>
    /// <exception cref="HttpRequestException">The simulator does not answer, or refuses.</exception>
    public Task<MarketState> ResumeAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Post, "v1/market/resume", null, cancellationToken);

    /// <summary>Sets the rate. A market that is paused stays so.</summary>
    /// <param name="rate">New orders per second.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The state after it.</returns>
    /// <exception cref="HttpRequestException">The simulator does not answer, or refuses.</exception>
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
            ?? throw new HttpRequestException($"The order simulator answered {path} with nothing.");
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
            // Not a problem document: something else than the simulator answers on this port. The status says what there is to say.
        }

        return $"{(int)response.StatusCode} {response.ReasonPhrase}";
    }
}
