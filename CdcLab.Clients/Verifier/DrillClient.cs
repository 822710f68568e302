using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using CdcLab.Model.Drills;

namespace CdcLab.Clients.Verifier;

/// <summary>A client of the verifier's drills. Every call throws <see cref="VerifierException"/> where the verifier refuses, or does not answer as expected.</summary>
public sealed class DrillClient(Uri address, string token) : IDisposable
{
    // Closing waits for the last answers, for a minute at most, and reads everything.
    private readonly HttpClient _http = LoopbackHttp.Client(address, token, TimeSpan.FromMinutes(3));

    public Task<DrillState> BeginAsync(DrillRequest request, CancellationToken cancellationToken) =>
        AskAsync<DrillState>(HttpMethod.Post, "v1/drill", JsonContent.Create(request, options: LabJson.Options), cancellationToken);

    public Task<DrillState> StateAsync(CancellationToken cancellationToken) => AskAsync<DrillState>(HttpMethod.Get, "v1/drill", null, cancellationToken);

    public Task<DrillMoment> MarkAsync(string what, CancellationToken cancellationToken) => AskAsync<DrillMoment>(HttpMethod.Post, $"v1/drill/marks/{Uri.EscapeDataString(what)}", null, cancellationToken);

    public Task<DrillResult> CloseAsync(CancellationToken cancellationToken) => AskAsync<DrillResult>(HttpMethod.Post, "v1/drill/close", null, cancellationToken);

    /// <summary>How far the connector's changes have come; the longest wait can begin anew.</summary>
    public Task<ChangeFigures> ChangesAsync(bool beginAnew, CancellationToken cancellationToken) =>
        AskAsync<ChangeFigures>(HttpMethod.Post, $"v1/changes?beginAnew={(beginAnew ? "true" : "false")}", null, cancellationToken);

    /// <summary>Shows a drill that has ended as one trace.</summary>
    public async Task TraceAsync(DrillTrace trace, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/drill/traces") { Content = JsonContent.Create(trace, options: LabJson.Options) };
        using HttpResponseMessage response = Succeeded(await SendAsync(request, cancellationToken));
    }

    /// <summary>Ends a run without a result; nothing happens where none is open.</summary>
    public async Task AbortAsync(CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, "v1/drill");
        using HttpResponseMessage response = Succeeded(await SendAsync(request, cancellationToken));
    }

    public void Dispose() => _http.Dispose();

    private static HttpResponseMessage Succeeded(HttpResponseMessage response) => response.IsSuccessStatusCode
        ? response
        : throw new VerifierException($"The verifier answered {response.RequestMessage?.RequestUri?.AbsolutePath} with HTTP {(int)response.StatusCode}.");

    private async Task<T> AskAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        using HttpResponseMessage response = await SendAsync(request, cancellationToken);
        try
        {
            if (response.StatusCode == HttpStatusCode.Conflict)
                throw new VerifierException(await response.Content.ReadAsStringAsync(cancellationToken));
            if (!response.IsSuccessStatusCode)
                throw new VerifierException($"The verifier answered {path} with HTTP {(int)response.StatusCode}.");
            return await response.Content.ReadFromJsonAsync<T>(LabJson.Options, cancellationToken) ?? throw new VerifierException($"The verifier answered {path} without a word.");
        }
        catch (JsonException e)
        {
            throw new VerifierException($"The verifier answered {path} with something else: {e.Message}", e);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new VerifierException($"The verifier at {_http.BaseAddress} does not answer: {silent.Message}", silent);
        }
    }
}
