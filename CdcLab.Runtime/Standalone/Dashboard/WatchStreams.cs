using System.Diagnostics;

namespace CdcLab.Runtime.Standalone.Dashboard;

/// <summary>Whether a dashboard watches the resources: one whose stream has gone and does not come back has to be started anew.</summary>
internal sealed class WatchStreams
{
    private readonly Lock _lock = new();
    private int _open;
    private long? _lastEnd;

    /// <summary>Whether a stream is open now.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _open > 0;
            }
        }
    }

    /// <summary>How long ago the last stream ended; null while one is open, and where none was since the start or <see cref="Forget"/>: a dashboard connects when its page is looked at first.</summary>
    public TimeSpan? AbsentFor
    {
        get
        {
            lock (_lock)
            {
                return _open == 0 && _lastEnd is { } end ? Stopwatch.GetElapsedTime(end) : null;
            }
        }
    }

    /// <summary>Forgets the streams that have ended. To be called when another dashboard is started.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _lastEnd = null;
        }
    }

    /// <summary>A stream is open until what this returns is disposed of.</summary>
    internal IDisposable Open()
    {
        lock (_lock)
        {
            _open++;
        }

        return new Stream(this);
    }

    private sealed class Stream(WatchStreams streams) : IDisposable
    {
        public void Dispose()
        {
            lock (streams._lock)
            {
                streams._open--;
                streams._lastEnd = Stopwatch.GetTimestamp();
            }
        }
    }
}
