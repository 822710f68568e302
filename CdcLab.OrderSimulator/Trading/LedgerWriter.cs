using System.Buffers;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>Appends to the ledger. Each line is one write to the kernel before the next step begins: a kill of this process can truncate only the last line, which
/// the next start removes. The size is bounded: the oldest segments are deleted.</summary>
internal sealed class LedgerWriter : IDisposable
{
    public const long DefaultSegmentBytes = 64L << 20;

    public const int DefaultSegments = 8;

    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly string _folder;
    private readonly long _segmentBytes;
    private readonly int _segments;
    private readonly FileStream _owner;
    private FileStream _file;
    private long _number;
    private bool _disposed;

    /// <summary>Opens the ledger and removes an incomplete last line.</summary>
    /// <param name="folder">The ledger's folder; created if it is missing.</param>
    /// <param name="segmentBytes">Size at which a segment is full.</param>
    /// <param name="segments">Segments that are kept.</param>
    /// <exception cref="IOException">Another simulator writes this ledger, or the folder cannot be written.</exception>
    public LedgerWriter(string folder, long segmentBytes = DefaultSegmentBytes, int segments = DefaultSegments)
    {
        (_folder, _segmentBytes, _segments) = (folder, segmentBytes, segments);
        Directory.CreateDirectory(folder);
        // FileShare.None is a lock that ends with the process.
        _owner = new(Path.Combine(folder, "writer.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            IReadOnlyList<(long Number, string Path)> existing = LedgerFolder.Segments(folder);
            _number = existing.Count == 0 ? 1 : existing[^1].Number;
            _file = Open();
            _file.SetLength(EndOfLastLine(_file));
            _file.Seek(0, SeekOrigin.End);
        }
        catch
        {
            _file?.Dispose();
            _owner.Dispose();
            throw;
        }
    }

    /// <summary>Appends one entry.</summary>
    /// <exception cref="IOException">It could not be written. The market stops without its ledger.</exception>
    public void Append(LedgerEntry entry)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _line.ResetWrittenCount();
            LedgerLine.Write(entry, _line);
            if (_file.Length > 0 && _file.Length + _line.WrittenCount > _segmentBytes)
                Rotate();
            _file.Write(_line.WrittenSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            _file.Flush(flushToDisk: true);
            _file.Dispose();
            _owner.Dispose();
        }
    }

    private void Rotate()
    {
        _file.Dispose();
        _number++;
        _file = Open();
        IReadOnlyList<(long Number, string Path)> existing = LedgerFolder.Segments(_folder);
        foreach ((_, string path) in existing.Take(existing.Count - _segments))
            File.Delete(path);
    }

    // No buffer: each write is one system call.
    private FileStream Open() =>
        new(LedgerFolder.Segment(_folder, _number), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static long EndOfLastLine(FileStream file)
    {
        byte[] buffer = new byte[4096];
        long end = file.Length;
        while (end > 0)
        {
            int length = (int)Math.Min(buffer.Length, end);
            file.Seek(end - length, SeekOrigin.Begin);
            file.ReadExactly(buffer, 0, length);
            int newline = buffer.AsSpan(0, length).LastIndexOf((byte)'\n');
            if (newline >= 0)
                return end - length + newline + 1;
            end -= length;
        }

        return 0;
    }
}
