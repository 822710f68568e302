using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using CdcLab.Clients.Kafka;
using CdcLab.Model.Live;

namespace CdcLab.Clients.Control;

/// <summary>The client of the host's control endpoint: lists the lab's servers and services, and starts, stops and breaks them.</summary>
public sealed class ControlClient : IDisposable
{
    // The longest stop grace of the model is 60 s and the longest start 90 s; the host answers a command when it is done.
    private static readonly TimeSpan CommandLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan InsideLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    /// <summary>Makes a client.</summary>
    /// <param name="port">The endpoint's port; it is always on loopback.</param>
    /// <param name="token">The lab's bearer token.</param>
    public ControlClient(int port, string token)
        : this(new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri, token)
    {
    }

    /// <summary>Makes a client.</summary>
    /// <param name="endpoint">The endpoint's address.</param>
    /// <param name="token">The lab's bearer token.</param>
    public ControlClient(Uri endpoint, string token)
    {
        _http = LoopbackHttp.Client(endpoint);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>The servers and services as they are now.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Their states, in the order of the model.</returns>
    /// <exception cref="ControlException">The host does not answer, or refuses.</exception>
    public Task<IReadOnlyList<ResourceState>> ListAsync(CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<ResourceState>>(HttpMethod.Get, "v1/resources", ReadLimit, cancellationToken);

    /// <summary>The last lines of one server's or service's log.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lines">How many lines at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lines, oldest first.</returns>
    /// <exception cref="ControlException">The host does not answer, or refuses.</exception>
    public Task<IReadOnlyList<string>> LogAsync(string name, int lines, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<string>>(HttpMethod.Get, $"v1/resources/{Uri.EscapeDataString(name)}/log?lines={lines}", ReadLimit, cancellationToken);

    /// <summary>What every broker answers on INTERNAL inside the lab's own network.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One answer for each broker.</returns>
    /// <exception cref="ControlException">The host does not answer, or cannot look from there.</exception>
    public Task<IReadOnlyList<ListenerAnswer>> AskInsideAsync(CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<ListenerAnswer>>(HttpMethod.Post, "v1/internal-listeners", InsideLimit, cancellationToken);

    /// <summary>Starts, stops, restarts, kills, pauses or resumes one server or service.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="command">What to do.</param>
    /// <param name="cancellationToken">Ends the wait, not the command.</param>
    /// <returns>Its state afterwards.</returns>
    /// <exception cref="ControlException">The host does not answer, does not know the name, or the command makes no sense now.</exception>
    public Task<ResourceState> CommandAsync(string name, ServerCommand command, CancellationToken cancellationToken) =>
        AskAsync<ResourceState>(HttpMethod.Post, $"v1/resources/{Uri.EscapeDataString(name)}/{Word(command)}", CommandLimit, cancellationToken);

    /// <summary>Causes a fault that lasts until the lease is disposed of, or its owner dies: then the host undoes it.</summary>
    /// <param name="name">The server or service.</param>
    /// <param name="fault"><see cref="ServerCommand.Kill"/>, <see cref="ServerCommand.Stop"/> or <see cref="ServerCommand.Pause"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the fault to be in effect.</param>
    /// <returns>The lease.</returns>
    /// <exception cref="ControlException">The host does not answer, or refuses.</exception>
    public async Task<FaultLease> TakeLeaseAsync(string name, ServerCommand fault, CancellationToken cancellationToken)
    {
        HttpResponseMessage? response = null;
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "v1/leases") { Content = JsonContent.Create(new { resource = name, fault = Word(fault) }) };
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(CommandLimit);
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await ThrowIfRefusedAsync(response, limit.Token);
            FaultLease lease = await FaultLease.OpenAsync(response, name, limit.Token);
            response = null;
            return lease;
        }
        catch (Exception e) when (Unreachable(e, cancellationToken))
        {
            throw NoAnswer(e);
        }
        finally
        {
            response?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string Word(ServerCommand command) => command switch
    {
        ServerCommand.Start => "start",
        ServerCommand.Stop => "stop",
        ServerCommand.Restart => "restart",
        ServerCommand.Kill => "kill",
        ServerCommand.Pause => "pause",
        ServerCommand.Resume => "resume",
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "There is no such command."),
    };

    private async Task<T> AskAsync<T>(HttpMethod method, string path, TimeSpan time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(time);
        try
        {
            using HttpRequestMessage request = new(method, path);
            using HttpResponseMessage response = await _http.SendAsync(request, limit.Token);
            await ThrowIfRefusedAsync(response, limit.Token);
            return await response.Content.ReadFromJsonAsync<T>(LabJson.Options, limit.Token)
                ?? throw new ControlException("The host's control endpoint answered with nothing. Is it of the same version?");
        }
        catch (JsonException e)
        {
            throw new ControlException("The host's control endpoint answered with something else than expected. Is it of the same version?", e);
        }
        catch (Exception e) when (Unreachable(e, cancellationToken))
        {
            throw NoAnswer(e);
        }
    }

    private static bool Unreachable(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private ControlException NoAnswer(Exception exception) =>
        new($"The host's control endpoint at {_http.BaseAddress} does not answer. Is the lab running?", exception);

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return;
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new ControlException(ErrorIn(body) ?? $"The host's control endpoint answered {(int)response.StatusCode} ({response.ReasonPhrase}).");
    }

    private static string? ErrorIn(string body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out JsonElement error) ? error.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not of the agreed shape: the status code is all that can be told.
            return null;
        }
    }
}
