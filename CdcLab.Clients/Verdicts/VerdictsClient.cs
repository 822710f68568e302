using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CdcLab.Model.Live;

namespace CdcLab.Clients.Verdicts;

/// <summary>The client of the verifier's API.</summary>
public sealed class VerdictsClient : IDisposable
{
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);

    // A round of checks ends within their own time limit.
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="port">The API's port on this machine.</param>
    /// <param name="token">The lab's bearer token; only <see cref="VerifyAsync"/> needs it.</param>
    /// <param name="host">The address that the API binds to; <c>0.0.0.0</c> counts as loopback.</param>
    public VerdictsClient(int port, string? token, string host = "127.0.0.1")
        : this(new UriBuilder(Uri.UriSchemeHttp, host == "0.0.0.0" ? "127.0.0.1" : host, port).Uri, token)
    {
    }

    /// <summary>Makes a client.</summary>
    /// <param name="endpoint">The API's address.</param>
    /// <param name="token">The lab's bearer token; only <see cref="VerifyAsync"/> needs it.</param>
    public VerdictsClient(Uri endpoint, string? token)
    {
        _http = LoopbackHttp.Client(endpoint);
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Whether the verifier runs.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its answer.</returns>
    /// <exception cref="VerdictsException">It does not answer.</exception>
    public Task<VerifierHealth> HealthAsync(CancellationToken cancellationToken) => AskAsync(HttpMethod.Get, "health", ReadLimit, ReadHealthAsync, cancellationToken);

    /// <summary>The latest verdicts.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The report.</returns>
    /// <exception cref="VerdictsException">It does not answer.</exception>
    public Task<LabReport> ReportAsync(CancellationToken cancellationToken) => AskAsync<LabReport>(HttpMethod.Get, "v1/report", ReadLimit, cancellationToken);

    /// <summary>Looks now with every check.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The verdicts of that look.</returns>
    /// <exception cref="VerdictsException">It does not answer, or refuses.</exception>
    public Task<LabReport> VerifyAsync(CancellationToken cancellationToken) => AskAsync<LabReport>(HttpMethod.Post, "v1/verify", LookLimit, cancellationToken);

    /// <summary>The report for people.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Markdown.</returns>
    /// <exception cref="VerdictsException">It does not answer.</exception>
    public Task<string> MarkdownAsync(CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Get, "v1/report.md", ReadLimit, (content, ct) => content.ReadAsStringAsync(ct), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<VerifierHealth> ReadHealthAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using JsonDocument json = await JsonDocument.ParseAsync(await content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return json.RootElement.TryGetProperty("parts", out JsonElement parts) && parts.TryGetProperty("verifier", out JsonElement verifier)
            && verifier.TryGetProperty("data", out JsonElement data) && data.TryGetProperty("pid", out JsonElement pid) && pid.TryGetInt32(out int number)
            ? new(number)
            : throw new JsonException("The answer names no process.");
    }

    private Task<T> AskAsync<T>(HttpMethod method, string path, TimeSpan time, CancellationToken cancellationToken) =>
        AskAsync(method, path, time, async (content, ct) => await content.ReadFromJsonAsync<T>(LabJson.Options, ct) ?? throw new JsonException(), cancellationToken);

    private async Task<T> AskAsync<T>(HttpMethod method, string path, TimeSpan time, Func<HttpContent, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            using HttpRequestMessage request = new(method, path);
            using HttpResponseMessage response = await _http.SendAsync(request, limit.Token);
            if (!response.IsSuccessStatusCode)
                throw new VerdictsException($"The verifier at {_http.BaseAddress} answered {(int)response.StatusCode} ({response.ReasonPhrase}).");
            return await read(response.Content, limit.Token);
        }
        catch (JsonException e)
        {
            throw new VerdictsException($"What answers at {_http.BaseAddress} is not a verifier of this version.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new VerdictsException($"The verifier at {_http.BaseAddress} does not answer.", e);
        }
    }
}
