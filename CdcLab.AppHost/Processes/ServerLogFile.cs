namespace CdcLab.AppHost.Processes;

/// <summary>What one resource writes: all of it in a file, the last lines in memory. The file is capped; when it is full it becomes <c>NAME.log.1</c> in place of the
/// one before. Secrets are masked in both.</summary>
internal sealed class ServerLogFile(string path, IEnumerable<string> secrets, long capBytes = 10 * 1024 * 1024) : IDisposable
{
    private const int KeptLines = 400;
    private const int LongestLine = 16 * 1024;

    // The longest first: one secret may contain another.
    private readonly string[] _secrets = [.. secrets.Where(s => s.Length > 0).OrderByDescending(s => s.Length)];
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new(KeptLines);
    private FileStream? _file;
    private volatile string? _writeFailure;

    /// <summary>The file, and why the last lines could not be written into it, e.g. a full disk; null when they were.</summary>
    public string? WriteFailure => _writeFailure;

    /// <summary>Appends lines. A file that cannot be written does not end the server whose log this is: the last lines stay in memory.</summary>
    public void Append(IEnumerable<string> lines)
    {
        lock (_lock)
        {
            StringBuilder batch = new();
            foreach (string line in lines)
            {
                string text = Clean(line);
                if (_lines.Count == KeptLines)
                    _lines.Dequeue();
                _lines.Enqueue(text);
                batch.Append(text).Append('\n');
                if (batch.Length > 64 * 1024)
                    Write(batch);
            }

            Write(batch);
        }
    }

    public IReadOnlyList<string> Tail(int lines)
    {
        lock (_lock)
            return [.. _lines.TakeLast(lines)];
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private string Clean(string line)
    {
        foreach (string secret in _secrets)
            line = line.Replace(secret, "***", StringComparison.Ordinal);
        // What a program puts between its own line breaks must not look like a line of its own.
        if (line.AsSpan().ContainsAny('\n', '\r'))
            line = line.ReplaceLineEndings(" ");
        return line.Length <= LongestLine ? line : $"{line.AsSpan(0, LongestLine)} ... ({line.Length - LongestLine} more characters are cut off)";
    }

    private void Write(StringBuilder batch)
    {
        if (batch.Length == 0)
            return;
        byte[] bytes = Encoding.UTF8.GetBytes(batch.ToString());
        batch.Clear();
        try
        {
            if (_file is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
                _file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            }

            _file.Write(bytes);
            _writeFailure = null;
            if (_file.Length > capBytes / 2)
            {
                _file.Dispose();
                _file = null;
                File.Move(path, path + ".1", overwrite: true);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            _writeFailure = $"{path} cannot be written: {refused.Message}";
            _file?.Dispose();
            _file = null;
        }
    }
}
