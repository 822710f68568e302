using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using AspireLine = Aspire.Hosting.ApplicationModel.LogLine;
using LogLine = CdcLab.Model.Live.LogLine;

namespace CdcLab.AppHost.Aspire.Control;

/// <summary>The console logs that Aspire keeps, in the lab's form; the last lines of each are at hand.</summary>
internal sealed class AspireLogs(ResourceLoggerService loggers) : IDisposable
{
    private const int Kept = 400;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Aspire keeps logs by the id of what runs, which is not the resource's name.
    private readonly ConcurrentDictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Queue<string>> _tails = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _disposed = new();

    /// <summary>Begins to follow a log, unless that was done.</summary>
    /// <param name="name">The resource's name.</param>
    /// <param name="id">Aspire's id of it.</param>
    public void Follow(string name, string id)
    {
        if (_ids.TryAdd(name, id))
            _ = FollowAsync(name, id, _disposed.Token);
    }

    public IReadOnlyList<string> Tail(string name, int lines)
    {
        Queue<string> tail = _tails.GetOrAdd(name, _ => new());
        lock (tail)
        {
            return [.. tail.TakeLast(lines)];
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> ReadAsync(string name, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_ids.TryGetValue(name, out string? id))
            yield break;
        await foreach (IReadOnlyList<AspireLine> piece in (follow ? loggers.WatchAsync(id) : loggers.GetAllAsync(id)).WithCancellation(cancellationToken))
            yield return [.. piece.Select(Line)];
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private async Task FollowAsync(string name, string id, CancellationToken cancellationToken)
    {
        Queue<string> tail = _tails.GetOrAdd(name, _ => new());
        try
        {
            while (true)
            {
                await foreach (IReadOnlyList<AspireLine> piece in loggers.WatchAsync(id).WithCancellation(cancellationToken))
                    Keep(tail, piece);

                // One that has ended comes again from its beginning.
                await Task.Delay(Pause, cancellationToken);
                lock (tail)
                {
                    tail.Clear();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application has ended.
        }
    }

    private static void Keep(Queue<string> tail, IReadOnlyList<AspireLine> piece)
    {
        lock (tail)
        {
            foreach (AspireLine line in piece)
                tail.Enqueue(Line(line).Text);
            while (tail.Count > Kept)
                tail.Dequeue();
        }
    }

    // Aspire writes the time before the line.
    private static LogLine Line(AspireLine line)
    {
        int blank = line.Content.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && DateTimeOffset.TryParse(line.Content.AsSpan(0, blank), CultureInfo.InvariantCulture, out DateTimeOffset at)
            ? new(at, line.IsErrorMessage, line.Content[(blank + 1)..])
            : new(DateTimeOffset.UtcNow, line.IsErrorMessage, line.Content);
    }
}
