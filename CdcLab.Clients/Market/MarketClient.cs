using System.Net.Http.Json;
using System.Text.Json;

namespace CdcLab.Clients.Market;

/// <summary>A client of the order simulator's API. Every call throws <see cref="HttpRequestException"/> where it does not answer or refuses.</summary>
public sealed class MarketClient(Uri address, string? token) : IDisposable
{
    private readonly HttpClient _http = LoopbackHttp.Client(address, token, TimeSpan.FromSeconds(5));

    public Task<MarketState> StateAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Get, "v1/market", null, cancellationToken);

    public Task<MarketState> PauseAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/market/pause", null, cancellationToken);

    public Task<MarketState> ResumeAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/market/resume", null, cancellationToken);

    /// <summary>Sets the rate. A paused market stays paused.</summary>
    public Task<MarketState> SetRateAsync(OrderRate rate, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/market/rate", JsonContent.Create(new MarketRateRequest(rate.ToString()), options: LabJson.Options), cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<MarketState> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
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
            if (JsonSerializer.Deserialize<Problem>(text, LabJson.Options)?.Detail is { } detail)
                return $"{(int)response.StatusCode}, {detail}";
        }
        catch (JsonException)
        {
            // Not a problem document: another program answers on this port. The status is all there is to report.
        }

        return $"{(int)response.StatusCode} {response.ReasonPhrase}";
    }

    private sealed record Problem(string? Detail = null);
}
