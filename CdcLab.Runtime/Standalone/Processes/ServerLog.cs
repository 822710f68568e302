namespace CdcLab.Runtime.Standalone.Processes;

/// <summary>What one server or service writes: the last lines in memory, all of it in a file that is capped (the older half is kept beside it).</summary>
internal sealed class ServerLog : IDisposable
{
    private const int KeptLines = 400;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new(KeptLines);
    private readonly string _path;
    private readonly long _capBytes;
    private StreamWriter? _file;

    public ServerLog(string path, long capBytes = 10 * 1024 * 1024)
    {
        _path = path;
        _capBytes = capBytes;
    }

    public void Append(string line)
    {
        lock (_lock)
        {
            if (_lines.Count == KeptLines)
                _lines.Dequeue();
            _lines.Enqueue(line);
            try
            {
                _file ??= Open();
                _file.WriteLine(line);
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

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private StreamWriter Open() => new(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };

    private void Rotate()
    {
        _file?.Dispose();
        _file = null;
        File.Move(_path, _path + ".1", overwrite: true);
    }
}
