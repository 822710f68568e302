using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace CdcLab.Clients.Connect;

/// <summary>Asks a Connect worker over its REST API about one connector, and changes it.</summary>
public sealed class ConnectClient(Uri worker, string connector) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = LoopbackHttp.Client(worker, token: null, Limit);

    /// <summary>The worker's version, e.g. <c>4.1.1</c>.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public async Task<string> VersionAsync(CancellationToken cancellationToken) =>
        (await AskAsync(HttpMethod.Get, "", null, cancellationToken))!.RootElement.GetProperty("version").GetString() ?? "";

    /// <summary>The states of connector and tasks; null where there is no such connector.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public async Task<ConnectorStatus?> StatusAsync(CancellationToken cancellationToken)
    {
        using JsonDocument? answer = await AskAsync(HttpMethod.Get, $"connectors/{connector}/status", null, cancellationToken);
        if (answer is null)
            return null;
        JsonElement root = answer.RootElement;
        return new(State(root.GetProperty("connector")), [.. root.GetProperty("tasks").EnumerateArray().Select(State)]);

        static ConnectState State(JsonElement of) => new(of.GetProperty("state").GetString() ?? "", of.TryGetProperty("trace", out JsonElement trace) ? trace.GetString() : null);
    }

    /// <summary>The connector's configuration; null where there is none.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public async Task<IReadOnlyDictionary<string, string>?> ConfigurationAsync(CancellationToken cancellationToken)
    {
        using JsonDocument? answer = await AskAsync(HttpMethod.Get, $"connectors/{connector}/config", null, cancellationToken);
        return answer?.RootElement.EnumerateObject().Where(p => p.Name != "name").ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal);
    }

    /// <summary>Other connectors of the worker in whose configuration a setting has a value.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public async Task<IReadOnlyList<string>> OthersAsync(string setting, string value, CancellationToken cancellationToken)
    {
        using JsonDocument? answer = await AskAsync(HttpMethod.Get, "connectors?expand=info", null, cancellationToken);
        return answer is null ? [] : [.. answer.RootElement.EnumerateObject()
            .Where(c => c.Name != connector && c.Value.GetProperty("info").GetProperty("config").TryGetProperty(setting, out JsonElement own) && own.ToString() == value)
            .Select(c => c.Name)];
    }

    /// <summary>The address of a connector of the worker.</summary>
    public Uri Address(string name) => new(worker, $"connectors/{Uri.EscapeDataString(name)}");

    /// <summary>Makes the connector, or changes its configuration.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public Task ConfigureAsync(IReadOnlyDictionary<string, string> configuration, CancellationToken cancellationToken) =>
        TellAsync(HttpMethod.Put, "config", configuration, cancellationToken);

    /// <summary>How far the connector has come, as the worker has stored it; null where it has stored nothing yet.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public async Task<ConnectorOffset?> OffsetAsync(CancellationToken cancellationToken)
    {
        using JsonDocument? answer = await AskAsync(HttpMethod.Get, $"connectors/{connector}/offsets", null, cancellationToken);
        JsonElement[] all = answer is null ? [] : [.. answer.RootElement.GetProperty("offsets").EnumerateArray()];
        if (all.Length == 0 || all[0].GetProperty("offset") is var offset && offset.ValueKind != JsonValueKind.Object)
            return null;
        return new(
            Text("file") ?? "",
            offset.TryGetProperty("pos", out JsonElement position) && position.TryGetInt64(out long at) ? at : 0,
            Text("gtids"),
            Text("snapshot") is { } snapshot && snapshot != "false")
        {
            WrittenAt = offset.TryGetProperty("ts_sec", out JsonElement second) && second.TryGetInt64(out long written) && written > 0 ? DateTimeOffset.FromUnixTimeSeconds(written) : null,
        };

        string? Text(string name) => offset.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;
    }

    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public Task PauseAsync(CancellationToken cancellationToken) => TellAsync(HttpMethod.Put, "pause", null, cancellationToken);

    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public Task ResumeAsync(CancellationToken cancellationToken) => TellAsync(HttpMethod.Put, "resume", null, cancellationToken);

    /// <summary>Ends the tasks and keeps connector and offsets.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public Task StopAsync(CancellationToken cancellationToken) => TellAsync(HttpMethod.Put, "stop", null, cancellationToken);

    /// <summary>Starts the connector and all its tasks anew.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public Task RestartAsync(CancellationToken cancellationToken) => TellAsync(HttpMethod.Post, "restart?includeTasks=true&onlyFailed=false", null, cancellationToken);

    /// <summary>Forgets how far the connector has come; it must be stopped.</summary>
    /// <exception cref="ConnectException">It does not answer, or refuses.</exception>
    public Task DeleteOffsetsAsync(CancellationToken cancellationToken) => TellAsync(HttpMethod.Delete, "offsets", null, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task TellAsync(HttpMethod method, string what, object? body, CancellationToken cancellationToken)
    {
        if (await AskAsync(method, $"connectors/{connector}/{what}", body, cancellationToken) is not { } answer)
            throw new ConnectException($"There is no connector {connector}.");
        answer.Dispose();
    }

    private async Task<JsonDocument?> AskAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative)) { Content = body is null ? null : JsonContent.Create(body) };
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
            string text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotFound && method == HttpMethod.Get)
                return null;
            return response.IsSuccessStatusCode
                ? JsonDocument.Parse(text.Length == 0 ? "{}" : text)
                : throw new ConnectException($"Kafka Connect refused it with HTTP {(int)response.StatusCode}: {Reason(text)}");
        }
        catch (Exception silent) when (silent is HttpRequestException or IOException or JsonException || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ConnectException($"Kafka Connect at {worker.Authority} does not answer.", silent);
        }
    }

    private static string Reason(string text)
    {
        try
        {
            using JsonDocument error = JsonDocument.Parse(text);
            return string.Join(' ', (error.RootElement.GetProperty("message").GetString() ?? text).Split('\n').Where(l => !l.StartsWith("You can also find", StringComparison.Ordinal)));
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return text.Split('\n')[0];
        }
    }
}

/// <summary>Kafka Connect did not answer, or refused.</summary>
public sealed class ConnectException(string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Whether it answered, and refused.</summary>
    public bool IsAnswer => InnerException is null;
}

/// <summary>The states of a connector and of its tasks.</summary>
public sealed record ConnectorStatus(ConnectState Connector, IReadOnlyList<ConnectState> Tasks);

/// <summary>One state, e.g. <c>RUNNING</c>, <c>PAUSED</c>, <c>STOPPED</c>, <c>FAILED</c>, and the stack trace of what failed.</summary>
public sealed record ConnectState(string State, string? Trace)
{
    /// <summary>The reason of a failure in one line: the message of the innermost exception.</summary>
    public string? Reason => Trace?.Split('\n').Where(l => l.StartsWith("Caused by: ", StringComparison.Ordinal)).Select(l => l["Caused by: ".Length..].Trim()).LastOrDefault() ?? Trace?.Split('\n')[0].Trim();
}

/// <summary>A place in MySQL's binlog up to which a connector's changes are stored.</summary>
/// <param name="Gtids">The GTIDs that it has seen; null where it does not know them.</param>
/// <param name="IsSnapshot">Whether a snapshot is under way.</param>
public sealed record ConnectorOffset(string File, long Position, string? Gtids, bool IsSnapshot)
{
    /// <summary>When MySQL wrote what the connector stored last; null where it does not say.</summary>
    public DateTimeOffset? WrittenAt { get; init; }
}
