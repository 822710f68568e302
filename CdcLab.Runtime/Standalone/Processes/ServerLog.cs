using CdcLab.Model.Live;

namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>What one server or service writes: the last lines in memory, all of it in a file that is capped (the older half is kept beside it). Whoever follows it gets the files' lines first, then the new ones.</summary>
internal sealed class ServerLog : IDisposable
{
    private const int KeptLines = 400;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new(KeptLines);
    private readonly List<LogFollower> _followers = [];
    private readonly string _path;
    private readonly long _capBytes;
    private StreamWriter? _file;

    public ServerLog(string path, long capBytes = 10 * 1024 * 1024)
    {
        _path = path;
        _capBytes = capBytes;
    }

    /// <summary>How many readers follow it now.</summary>
    public int Followers
    {
        get
        {
            lock (_lock)
            {
                return _followers.Count;
            }
        }
    }

    public void Append(string text, bool isError = false) => Append(new LogLine(DateTimeOffset.UtcNow, isError, text));

    public void Append(LogLine line)
    {
        // The file's lines are lines: what a program puts between its own must not become one of ours.
        if (line.Text.AsSpan().ContainsAny('\n', '\r'))
            line = line with { Text = line.Text.ReplaceLineEndings(" ") };
        lock (_lock)
        {
            if (_lines.Count == KeptLines)
                _lines.Dequeue();
            _lines.Enqueue(line.Text);
            foreach (LogFollower follower in _followers)
                follower.Add(line);
            try
            {
                _file ??= Open();
                _file.WriteLine(LogFileLine.Write(line));
                if (_file.BaseStream.Length > _capBytes / 2)
                    Rotate();
            }
            catch (IOException)
            {
                // A full disk must not end the server whose log this is; the last lines stay in memory.
                _file = null;
            }
        }
    }

    public IReadOnlyList<string> Tail(int lines)
    {
        lock (_lock)
        {
            return [.. _lines.Skip(Math.Max(0, _lines.Count - lines))];
        }
    }

    /// <summary>Reads what the files hold and, while <paramref name="follow"/> says so, goes on with what is written.</summary>
    /// <param name="history">How many of the files' lines at most, the last ones.</param>
    /// <param name="follow">Whether to go on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The lines in pieces. A reader that falls behind gets one line that says how many it missed.</returns>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowAsync(int history, bool follow, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using LogFollower follower = new();
        FileStream?[] files;
        lock (_lock)
        {
            // Opened in the same moment as the new lines begin to be kept: a rotation afterwards changes the names only, and nothing comes twice.
            files = [OpenToRead(_path + ".1"), OpenToRead(_path)];
            if (follow)
                _followers.Add(follower);
        }

        try
        {
            IReadOnlyList<LogLine> old = await LogHistory.ReadAsync(files, history, cancellationToken);
            if (old.Count > 0)
                yield return old;
            while (follow && await follower.NextAsync(cancellationToken) is { } news)
                yield return news;
        }
        finally
        {
            lock (_lock)
            {
                _followers.Remove(follower);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
            foreach (LogFollower follower in _followers)
                follower.End();
        }
    }

    private StreamWriter Open() => new(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };

    private static FileStream? OpenToRead(string path)
    {
        try
        {
            return new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception none) when (none is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Rotate()
    {
        _file?.Dispose();
        _file = null;
        File.Move(_path, _path + ".1", overwrite: true);
    }
}
