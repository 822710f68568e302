using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Polly;
using Polly.Timeout;

namespace CdcLab.AppHost.Programs;

/// <summary>Downloads files over HTTP: goes on where a cut connection left off, gives up on a stalled one, follows ten redirects at most.
/// Its messages name the setting that leads to the address. Without a proxy given, the machine's own counts (<c>https_proxy</c>, <c>no_proxy</c>).</summary>
internal sealed class Download(string setting, DownloadLimits limits, IWebProxy? proxy = null) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = limits.Connect,
        Proxy = proxy,
        MaxAutomaticRedirections = 10,
        // An archive is compressed already, and Range counts the bytes as they are sent.
        AutomaticDecompression = DecompressionMethods.None,
    })
    {
        // The time-out is per read: a whole transfer may take long on a slow line.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly ResiliencePipeline _stall = new ResiliencePipelineBuilder().AddTimeout(limits.Stall).Build();

    public void Dispose() => _http.Dispose();

    /// <summary>Null when the server has no such file.</summary>
    public async Task<string?> TextAsync(Uri address, long maxBytes, CancellationToken cancellationToken)
    {
        using MemoryStream target = new();
        return await RetryAsync(new(address, target, maxBytes, null), cancellationToken) ? Encoding.UTF8.GetString(target.ToArray()) : null;
    }

    /// <summary>False when the server has no such file.</summary>
    public async Task<bool> FileAsync(Uri address, string file, PartProgress progress, CancellationToken cancellationToken)
    {
        progress.Report("downloading");
        await using FileStream target = new(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);
        return await RetryAsync(new(address, target, limits.MaxBytes, progress), cancellationToken);
    }

    /// <summary>Unpacks a <c>.tgz</c>, which messages call <paramref name="what"/>, into a folder; false when the server has no such file.</summary>
    public async Task<bool> TreeAsync(Uri address, string what, string sha512, string folder, PartProgress progress, CancellationToken cancellationToken)
    {
        var archive = folder + ".tgz";
        if (!await FileAsync(address, archive, progress, cancellationToken))
            return false;
        progress.Report("checking");
        var actual = await Sha512File.OfAsync(archive, cancellationToken);
        if (actual != sha512)
        {
            throw new ProgramUnavailableException(
                $"{what} has the wrong SHA-512, {actual[..16]}... instead of {sha512[..16]}...: it was changed or damaged on its way, and is not used.");
        }

        try
        {
            await TarUnpacker.UnpackAsync(archive, folder, progress, cancellationToken);
            return true;
        }
        catch (InvalidDataException e)
        {
            throw new ProgramUnavailableException($"{what} cannot be unpacked: {e.Message.TrimEnd('.')}.");
        }
    }

    private async Task<bool> RetryAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        var failures = 0;
        var furthest = 0L;
        var retry = new ResiliencePipelineBuilder().AddRetry(new()
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = limits.Backoff,
            MaxDelay = limits.Backoff * 16,
            ShouldHandle = attempt =>
            {
                if (attempt.Outcome.Exception is not { } e || !IsTransient(e) || IsUnreachable(e, transfer))
                    return PredicateResult.False();
                // Only what was never reached before counts as headway: a server that lies about the length makes the transfer begin anew.
                failures = transfer.Target.Length > furthest ? 1 : failures + 1;
                furthest = Math.Max(furthest, transfer.Target.Length);
                return new(failures < limits.Attempts);
            },
        }).Build();
        try
        {
            return await retry.ExecuteAsync(token => AttemptAsync(transfer, token), cancellationToken);
        }
        catch (Exception e) when (IsUnreachable(e, transfer))
        {
            throw new UnreachableSourceException(transfer.Address, Reason(e));
        }
        catch (Exception e) when (IsTransient(e))
        {
            var at = $"at {transfer.Target.Length:N0}{(transfer.Total is { } total ? $" of {total:N0}" : "")} bytes";
            throw new ProgramUnavailableException(
                $"{transfer.Address} could not be downloaded: {Reason(e)}, {at}, after {failures} attempts in a row. Try again later.");
        }
    }

    private async ValueTask<bool> AttemptAsync(Transfer transfer, CancellationToken cancellationToken)
    {
        var target = transfer.Target;
        using HttpRequestMessage request = new(HttpMethod.Get, transfer.Address);
        if (target.Length > 0)
        {
            request.Headers.Range = new(target.Length, null);
            // Should the file have changed meanwhile, the server sends the whole new one instead of its tail.
            if (transfer.Tag is { IsWeak: false } tag)
                request.Headers.IfRange = new(tag);
        }

        using var response = await _stall.ExecuteAsync(
            async token => await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellationToken);
        transfer.WasAnswered = true;
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return false;
        ThrowIfRefused(transfer, response);
        var range = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange ?? new(0) : null;
        if (range is not null && (range.From != target.Length || (range.HasLength && transfer.Total is { } old && range.Length != old)))
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
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[1 << 16];
        while (await _stall.ExecuteAsync(token => body.ReadAsync(buffer, token), cancellationToken) is > 0 and var read)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (target.Position > transfer.MaxBytes)
                throw new ProgramUnavailableException($"{transfer.Address} sends more than {transfer.MaxBytes:N0} bytes, which is not right: check {setting}.");
            transfer.Progress?.Report("downloading", target.Position, transfer.Total);
        }

        return transfer.Total is { } total && target.Length != total
            ? throw new HttpIOException(HttpRequestError.ResponseEnded, $"the server promised {total:N0} bytes and sent {target.Length:N0}")
            : true;
    }

    private void ThrowIfRefused(Transfer transfer, HttpResponseMessage response)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK or HttpStatusCode.PartialContent:
                return;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                transfer.Restart();
                throw new HttpRequestException("the server has fewer bytes than it promised");
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

    // A write that fails is no fault of the network: it has the type IOException itself, with the disk's error, and goes up.
    private static bool IsTransient(Exception e)
        => e is HttpRequestException or HttpIOException or TimeoutRejectedException or OperationCanceledException { InnerException: TimeoutException }
            || e.InnerException is SocketException;

    private static bool IsUnreachable(Exception e, Transfer transfer) => !transfer.WasAnswered && e is HttpRequestException http && http.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => true,
        // A proxy that lets nobody through to the server: whether a firewall refuses or a proxy does is the same to whoever stands behind it.
        // One that asks for a login, or that itself waited for the server in vain, has not refused.
        HttpRequestError.ProxyTunnelError => http.StatusCode
            is not (HttpStatusCode.ProxyAuthenticationRequired or HttpStatusCode.RequestTimeout or HttpStatusCode.GatewayTimeout),
        HttpRequestError.ConnectionError => (http.InnerException as SocketException)?.SocketErrorCode
            is SocketError.ConnectionRefused or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown
            or SocketError.HostDown,
        _ => false,
    };

    private string Reason(Exception e)
        => e is TimeoutRejectedException ? $"nothing arrived for {limits.Stall.TotalSeconds:0.#} s" : (e.InnerException ?? e).Message.TrimEnd('.');

    private sealed record Transfer(Uri Address, Stream Target, long MaxBytes, PartProgress? Progress)
    {
        public long? Total { get; set; }
        public EntityTagHeaderValue? Tag { get; set; }
        public bool WasAnswered { get; set; }

        public void Restart()
        {
            Target.SetLength(0);
            Total = null;
            Tag = null;
        }
    }
}

/// <summary>How patient a download is: how long a connection may take to come about, and how long no byte may arrive; how often in a row the transfer may
/// break without a new byte, and the pause before the second attempt, which doubles; and what no archive of ours exceeds.</summary>
internal sealed record DownloadLimits(TimeSpan Connect, TimeSpan Stall, int Attempts, TimeSpan Backoff, long MaxBytes)
{
    // For a slow line far from the archive.
    public static DownloadLimits Default { get; } = new(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30), 5, TimeSpan.FromMilliseconds(500), 1L << 30);
}

/// <summary>A server cannot be reached at all: its name is not resolved, it refuses, there is no route to it, or the proxy refuses. Told apart from slow, broken or
/// wrong answers, because only this one allows another source to be used instead.</summary>
internal sealed class UnreachableSourceException(Uri address, string reason) : Exception($"{address.Host} cannot be reached: {reason}");

internal static class TarUnpacker
{
    /// <summary>Unpacks a <c>.tgz</c>, whose digest was checked and whose entries all lie in one folder, without that folder's name.</summary>
    public static async Task UnpackAsync(string archive, string folder, PartProgress progress, CancellationToken cancellationToken)
    {
        progress.Report("unpacking");
        var all = Directory.CreateDirectory(folder + ".unpacking").FullName;
        await using var file = File.OpenRead(archive);
        await using GZipStream unzipped = new(file, CompressionMode.Decompress);
        try
        {
            await TarFile.ExtractToDirectoryAsync(unzipped, all, overwriteFiles: false, cancellationToken);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("it ends too early", e);
        }

        if (Directory.GetFileSystemEntries(all) is not [var only] || !Directory.Exists(only))
            throw new InvalidDataException("its entries do not lie in one folder");
        Directory.Move(only, folder);
    }
}
