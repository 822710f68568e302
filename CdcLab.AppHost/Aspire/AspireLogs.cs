using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using AspireLine = Aspire.Hosting.ApplicationModel.LogLine;
using LogLine = CdcLab.Model.Live.LogLine;

namespace CdcLab.AppHost.Aspire;

/// <summary>The console logs that Aspire keeps, in the lab's form; the last lines of each are at hand.</summary>
internal sealed class AspireLogs(ResourceLoggerService loggers) : IDisposable
{
    private const int Kept = 400;

    private readonly ConcurrentDictionary<string, Queue<string>> _tails = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _disposed = new();
    private readonly List<Task> _following = [];

    public void Follow(string name) => _following.Add(FollowAsync(name, _disposed.Token));

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
        await foreach (IReadOnlyList<AspireLine> piece in (follow ? loggers.WatchAsync(name) : loggers.GetAllAsync(name)).WithCancellation(cancellationToken))
            yield return [.. piece.Select(Line)];
    }

    public void Dispose()
    {
        _disposed.Cancel();
        _disposed.Dispose();
    }

    private async Task FollowAsync(string name, CancellationToken cancellationToken)
    {
        Queue<string> tail = _tails.GetOrAdd(name, _ => new());
        try
        {
            await foreach (IReadOnlyList<LogLine> piece in ReadAsync(name, follow: true, cancellationToken))
            {
                lock (tail)
                {
                    foreach (LogLine line in piece)
                        tail.Enqueue(line.Text);
                    while (tail.Count > Kept)
                        tail.Dequeue();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The application has ended.
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
