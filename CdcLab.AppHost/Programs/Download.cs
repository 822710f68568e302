using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace CdcLab.AppHost.Programs;

/// <summary>Downloads one file over HTTP: goes on where a cut connection left off, gives up on a stalled one, follows ten redirects at most.</summary>
/// <param name="setting">The setting that leads to the address, for people whose address is wrong.</param>
/// <param name="limits">How patient it is.</param>
/// <param name="time">The clock.</param>
/// <param name="proxy">The proxy; null for the machine's own (<c>https_proxy</c>, <c>no_proxy</c>).</param>
internal sealed class Download(string setting, DownloadLimits limits, TimeProvider time, IWebProxy? proxy = null) : IDisposable
{
    // A digest with its file's name; anything longer is a page about something else.
    private const long MaxTextBytes = 1 << 16;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = limits.Connect,
        Proxy = proxy,
        MaxAutomaticRedirections = 10,
        // An archive is compressed already, and Range counts the bytes as they are sent.
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        // The time-outs below are per read: a whole transfer may take long on a slow line.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Downloads a short text.</summary>
    /// <returns>The text, or null when the server has no such file.</returns>
    /// <exception cref="UnreachableSourceException">The server cannot be reached at all.</exception>
    /// <exception cref="ProgramUnavailableException">It answers, but not with the text.</exception>
    public Task<string?> TextAsync(Uri address, string temporaryFile, ThrottledProgress progress, CancellationToken cancellationToken)
        => TextAsync(address, temporaryFile, MaxTextBytes, "fetching the digest", progress, cancellationToken);

    /// <summary>Downloads a text of some length.</summary>
    /// <returns>The text, or null when the server has no such file.</returns>
    /// <exception cref="UnreachableSourceException">The server cannot be reached at all.</exception>
    /// <exception cref="ProgramUnavailableException">It answers, but not with the text.</exception>
    public async Task<string?> TextAsync(Uri address, string temporaryFile, long maxBytes, string step, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            await FileAsync(address, temporaryFile, maxBytes, step, progress, cancellationToken);
        }
        catch (NoSuchFileException)
        {
            return null;
        }

        return await File.ReadAllTextAsync(temporaryFile, cancellationToken);
    }

    /// <summary>Downloads a file.</summary>
    /// <exception cref="UnreachableSourceException">The server cannot be reached at all.</exception>
    /// <exception cref="NoSuchFileException">The server has no such file.</exception>
    /// <exception cref="ProgramUnavailableException">It answers, but not with the whole file.</exception>
    public Task FileAsync(Uri address, string file, string step, ThrottledProgress progress, CancellationToken cancellationToken)
        => FileAsync(address, file, limits.MaxBytes, step, progress, cancellationToken);

    private async Task FileAsync(Uri address, string file, long maxBytes, string step, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        await using var target = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16, useAsync: true);
        var transfer = new Transfer(address, target, maxBytes, step, progress);
        var failures = 0;
        var furthest = 0L;
        while (true)
        {
            string fault;
            try
            {
                await AttemptAsync(transfer, cancellationToken);
                return;
            }
            catch (HttpRequestException e) when (IsUnreachable(e) && !transfer.WasAnswered)
            {
                throw new UnreachableSourceException(address, Reason(e));
            }
            // A write that fails is no fault of the network: it has the type IOException itself, with the disk's error, and goes up.
            catch (Exception e) when (e is HttpRequestException or HttpIOException || e.InnerException is SocketException)
            {
                fault = Reason(e);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                fault = $"nothing arrived for {limits.Stall.TotalSeconds:0.#} s";
            }

            await target.FlushAsync(cancellationToken);
            // Only what was never reached before counts as headway: a server that lies about the length makes the transfer begin anew, again and again.
            failures = target.Length > furthest ? 1 : failures + 1;
            furthest = Math.Max(furthest, target.Length);
            if (failures >= limits.Attempts)
                throw new ProgramUnavailableException($"{address} could not be downloaded: {fault}, {At(transfer)}, after {failures} attempts in a row. Try again later.");
            await Task.Delay(limits.Backoff * (1 << (failures - 1)), time, cancellationToken);
        }
    }

    private static string At(Transfer transfer)
        => transfer.Total is { } total ? $"at {transfer.Target.Length:N0} of {total:N0} bytes" : $"at {transfer.Target.Length:N0} bytes";

    private async Task AttemptAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        var target = transfer.Target;
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stall.CancelAfter(limits.Stall + limits.Connect);
        using var request = new HttpRequestMessage(HttpMethod.Get, transfer.Address);
        if (target.Length > 0)
        {
            request.Headers.Range = new RangeHeaderValue(target.Length, null);
            // Should the file have changed meanwhile, the server sends the whole new one instead of its tail.
            if (transfer.Tag is { IsWeak: false } tag)
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token);
        transfer.WasAnswered = true;
        ThrowIfRefused(transfer, response);
        await PositionAsync(transfer, response, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
        var buffer = new byte[1 << 16];
        while (true)
        {
            stall.CancelAfter(limits.Stall);
            var read = await body.ReadAsync(buffer, stall.Token);
            if (read == 0)
                break;
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (target.Position > transfer.MaxBytes)
                throw new ProgramUnavailableException($"{transfer.Address} sends more than {transfer.MaxBytes:N0} bytes: it is not what it should be. Check {setting}.");
            transfer.Progress.Report(transfer.Step, target.Position, transfer.Total);
        }

        await target.FlushAsync(cancellationToken);
        if (transfer.Total is { } total && target.Length != total)
            throw new HttpIOException(HttpRequestError.ResponseEnded, $"the server promised {total:N0} bytes and sent {target.Length:N0}");
        transfer.Progress.Report(transfer.Step, target.Length, target.Length);
    }

    private void ThrowIfRefused(Transfer transfer, HttpResponseMessage response)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.PartialContent:
                return;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                // There is no byte after those we have, yet more were promised: begin anew.
                transfer.Restart();
                throw new HttpRequestException("the server has fewer bytes than it promised");
            case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                throw new NoSuchFileException(transfer.Address);
            case HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw new HttpRequestException($"the server answers {(int)response.StatusCode} {response.ReasonPhrase}");
            case >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest:
                throw new ProgramUnavailableException(
                    $"{transfer.Address} redirects more than ten times, or from https to http: check the address ({setting}).");
            default:
                throw new ProgramUnavailableException(
                    $"{transfer.Address} answers {(int)response.StatusCode} {response.ReasonPhrase}: check the address ({setting}) or the proxy.");
        }
    }

    /// <summary>Makes the next byte of the answer land where it belongs.</summary>
    private static async Task PositionAsync(Transfer transfer, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var target = transfer.Target;
        var range = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange : null;
        if (response.StatusCode == HttpStatusCode.PartialContent && (range?.From != target.Length || (range.HasLength && transfer.Total is { } old && range.Length != old)))
        {
            transfer.Restart();
            throw new HttpRequestException("the server sends another range than it was asked for");
        }

        if (range is null)
        {
            // The whole file: the server knows no ranges, or the file has changed.
            transfer.Restart();
            transfer.Total = response.Content.Headers.ContentLength;
            transfer.Tag = response.Headers.ETag;
        }

        target.Position = target.Length;
        await target.FlushAsync(cancellationToken);
    }

    private static bool IsUnreachable(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => true,
        // A proxy that lets nobody through to the server: whether a firewall refuses or a proxy does is the same to whoever stands behind it.
        // One that asks for a login, or that itself waited for the server in vain, has not refused.
        HttpRequestError.ProxyTunnelError => e.StatusCode is not (HttpStatusCode.ProxyAuthenticationRequired or HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout),
        HttpRequestError.ConnectionError => e.InnerException is SocketException
        {
            SocketErrorCode: SocketError.ConnectionRefused or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown,
        },
        _ => false,
    };

    private static string Reason(Exception e) => (e.InnerException ?? e).Message.TrimEnd('.');

    private sealed class Transfer(Uri address, FileStream target, long maxBytes, string step, ThrottledProgress progress)
    {
        public Uri Address => address;

        public FileStream Target => target;

        public long MaxBytes => maxBytes;

        public string Step => step;

        public ThrottledProgress Progress => progress;

        public long? Total { get; set; }

        public EntityTagHeaderValue? Tag { get; set; }

        public bool WasAnswered { get; set; }

        public void Restart()
        {
            target.SetLength(0);
            Total = null;
            Tag = null;
        }
    }
}

/// <summary>How patient a download is.</summary>
/// <param name="Connect">How long a connection may take to come about.</param>
/// <param name="Stall">How long no byte may arrive.</param>
/// <param name="Attempts">How often in a row the transfer may break without a new byte before it is given up.</param>
/// <param name="Backoff">Pause before the second attempt; it doubles with each further one.</param>
/// <param name="MaxBytes">What no archive of ours exceeds: beyond it, something else is being sent.</param>
internal sealed record DownloadLimits(TimeSpan Connect, TimeSpan Stall, int Attempts, TimeSpan Backoff, long MaxBytes)
{
    /// <summary>For a slow line far from the archive.</summary>
    public static DownloadLimits Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), 5, TimeSpan.FromMilliseconds(500), 1L << 30);
}
