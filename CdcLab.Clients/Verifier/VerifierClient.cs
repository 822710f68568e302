using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace CdcLab.Clients.Verifier;

/// <summary>The verifier did not do what was asked.</summary>
/// <param name="message">Why.</param>
/// <param name="innerException">The cause.</param>
public sealed class VerifierException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A client of the verifier's API.</summary>
public sealed class VerifierClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="address">The verifier's address.</param>
    /// <param name="token">The lab's token; null for a client that only reads.</param>
    public VerifierClient(Uri address, string? token)
    {
        _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(2) }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(10) };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The latest verdicts.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One snapshot.</returns>
    /// <exception cref="VerifierException">It does not answer as expected.</exception>
    public Task<LabReport> ReportAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, "v1/report", null, cancellationToken)!;

    /// <summary>Looks at everything now.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One snapshot.</returns>
    /// <exception cref="VerifierException">It does not answer as expected.</exception>
    public Task<LabReport> LookAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, "v1/look", null, cancellationToken)!;

    /// <summary>Sends what only the AppHost knows.</summary>
    /// <param name="figures">The figures.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The task.</returns>
    /// <exception cref="VerifierException">It does not answer as expected.</exception>
    public Task SendFiguresAsync(LabFigures figures, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, "v1/figures", JsonContent.Create(figures, options: LabJson.Options), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<LabReport?> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(method, path) { Content = content };
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw new VerifierException($"The verifier answered {path} with HTTP {(int)response.StatusCode}.");
            return path == "v1/figures" ? null : await response.Content.ReadFromJsonAsync<LabReport>(LabJson.Options, cancellationToken) ?? throw new VerifierException("The verifier answered without a report.");
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or JsonException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new VerifierException($"The verifier at {_http.BaseAddress} does not answer: {silent.Message}", silent);
        }
    }
}
