using System.Net.Http.Json;
using System.Text.Json;

namespace CdcLab.Clients.Verifier;

public sealed class VerifierException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>A client of the verifier's API. Every call throws <see cref="VerifierException"/> where the verifier does not answer as expected.</summary>
public sealed class VerifierClient(Uri address, string? token) : IDisposable
{
    private readonly HttpClient _http = LoopbackHttp.Client(address, token, TimeSpan.FromSeconds(10));

    public Task<LabReport> ReportAsync(CancellationToken cancellationToken) => AskAsync(HttpMethod.Get, "v1/report", cancellationToken);

    public Task<LabReport> LookAsync(CancellationToken cancellationToken) => AskAsync(HttpMethod.Post, "v1/look", cancellationToken);

    public Task SendFiguresAsync(LabFigures figures, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "v1/figures", figures, cancellationToken);

    /// <summary>The statements that set the market's tables back, as far as the last look found them not to be as the ledger has them; null
    /// while the ledger is still being read back.</summary>
    public async Task<IReadOnlyList<string>?> SetBackAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _http.GetFromJsonAsync<string[]>("v1/set-back", LabJson.Options, cancellationToken);
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new VerifierException($"The verifier at {_http.BaseAddress} does not tell: {silent.Message}", silent);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<LabReport> AskAsync(HttpMethod method, string path, CancellationToken cancellationToken) =>
        await SendAsync(method, path, null, cancellationToken) ?? throw new VerifierException("The verifier answered without a report.");

    private async Task<LabReport?> SendAsync(HttpMethod method, string path, LabFigures? figures, CancellationToken cancellationToken)
    {
        try
        {
            using HttpRequestMessage request = new(method, path) { Content = figures is null ? null : JsonContent.Create(figures, options: LabJson.Options) };
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw new VerifierException($"The verifier answered {path} with HTTP {(int)response.StatusCode}.");
            return figures is null ? await response.Content.ReadFromJsonAsync<LabReport>(LabJson.Options, cancellationToken) : null;
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or JsonException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            throw new VerifierException($"The verifier at {_http.BaseAddress} does not answer: {silent.Message}", silent);
        }
    }
}
