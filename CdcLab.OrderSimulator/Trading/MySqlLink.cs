using System.Data.Common;
using System.Net.Sockets;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>One session at MySQL, opened when it is needed and dropped when it fails. For one caller at a time.</summary>
internal sealed class MySqlLink<T>(Func<CancellationToken, Task<T>> open, Reachability reachability) : IAsyncDisposable
    where T : class, IAsyncDisposable
{
    private T? _session;
    private long _lastWorked;

    /// <summary>Does some work, which returns whether MySQL answered anything. False: MySQL or the connection failed. Any other exception is a bug and ends the
    /// service.</summary>
    public async Task<bool> TryAsync(Func<T, Task<bool>> work, CancellationToken cancellationToken)
    {
        long began = reachability.Begin();
        // A failure of an open connection says only that it broke since it last worked.
        long lastWorked = _session is null ? began : _lastWorked;
        try
        {
            _session ??= await open(cancellationToken);
            if (!await work(_session))
                return true;
            reachability.Answered(began);
            _lastWorked = reachability.Begin();
            return true;
        }
        catch (Exception e) when (IsMySqlError(e) && !cancellationToken.IsCancellationRequested)
        {
            await DisposeAsync();
            // A deadlock is an answer, and nothing unusual.
            if (e is not MySqlException { ErrorCode: MySqlErrorCode.LockDeadlock })
                reachability.Failed(lastWorked, e);
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        T? session = _session;
        _session = null;
        try
        {
            if (session is not null)
                await session.DisposeAsync();
        }
        catch (Exception e) when (IsMySqlError(e))
        {
            // It is broken already; the error that broke it has been reported.
        }
    }

    private static bool IsMySqlError(Exception error) => error is DbException or IOException or SocketException or TimeoutException or ObjectDisposedException;
}

/// <summary>The delay before the next attempt: 100 ms, doubled each time up to 2 s, less a random part of up to a half so that workers do not retry together.
/// It does not use the market's random numbers: the orders do not depend on how often MySQL failed.</summary>
internal static class Backoff
{
    public static TimeSpan After(int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(100 << Math.Min(failures - 1, 5), 2000) * (1 - (Random.Shared.NextDouble() / 2)));
}
