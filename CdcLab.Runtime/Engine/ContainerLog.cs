using System.Globalization;
using System.Text;
using CdcLab.Model.Live;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace CdcLab.Runtime.Engine;

/// <summary>Follows what a container writes, with the engine's own time stamps.</summary>
/// <param name="engine">The engine.</param>
/// <param name="id">The container.</param>
/// <param name="append">Called with each line, in order.</param>
internal sealed class ContainerLog(ContainerEngine engine, string id, Action<LogLine> append)
{
    // Nobody reads further; the engine itself cuts at 16 KiB and stamps the rest as a line of its own.
    private const int LongestLine = 16 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Pending _out = new(false);
    private readonly Pending _error = new(true);
    private DateTimeOffset? _last;

    /// <summary>Reads until the container has ended and everything was read, over silences of the engine too.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                using MultiplexedStream stream = await engine.Client.Containers.GetContainerLogsAsync(id, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Follow = true, Timestamps = true, Since = Since() }, cancellationToken);
                await ReadAsync(stream, cancellationToken);
                return;
            }
            catch (DockerApiException)
            {
                // The container is gone, and its log with it.
                return;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception silent) when (EngineFaults.IsSilence(silent))
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    internal void Take(ReadOnlySpan<byte> bytes, bool isError)
    {
        Pending pending = isError ? _error : _out;
        foreach (byte b in bytes)
        {
            if (b == '\n')
                Line(pending);
            else if (pending.Bytes.Count < LongestLine)
                pending.Bytes.Add(b);
        }
    }

    private async Task ReadAsync(MultiplexedStream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            MultiplexedStream.ReadResult read = await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken);
            if (read.EOF)
                break;
            Take(buffer.AsSpan(0, read.Count), read.Target == MultiplexedStream.TargetStream.StandardError);
        }

        foreach (Pending pending in (Pending[])[_out, _error])
        {
            if (pending.Bytes.Count > 0)
                Line(pending);
        }
    }

    private void Line(Pending pending)
    {
        string text = Encoding.UTF8.GetString([.. pending.Bytes]).TrimEnd('\r');
        pending.Bytes.Clear();
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space > 0 && DateTimeOffset.TryParse(text.AsSpan(0, space), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset at))
            (_last, text) = (at, text[(space + 1)..]);
        else
            at = DateTimeOffset.UtcNow;
        append(new(at, pending.IsError, text));
    }

    // From the tick after the last line that was read: the API counts in seconds with nine decimals.
    private string? Since() => _last is not { } last ? null : string.Create(CultureInfo.InvariantCulture, $"{last.ToUnixTimeSeconds()}.{((last.Ticks % TimeSpan.TicksPerSecond) + 1) * 100:000000000}");

    private sealed class Pending(bool isError)
    {
        public bool IsError { get; } = isError;

        public List<byte> Bytes { get; } = [];
    }
}
