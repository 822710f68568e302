using System.Buffers;
using System.Text.Json;

namespace CdcLab.OrderSimulator.Trading;

/// <summary>Appends to the ledger. Each line is one write to the kernel before the next step begins: a kill of this process can truncate only the last line, which
/// the next start removes. The size is bounded: the oldest segments are deleted.</summary>
internal sealed class LedgerWriter : IDisposable
{
    private static readonly TimeSpan UnwrittenFor = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _line = new(512);
    private readonly string _folder;
    private readonly long _segmentBytes;
    private readonly int _segments;
    private readonly FileStream _owner;
    private FileStream _file;
    private readonly DateTime? _earliestUnwritten;
    private long _number;
    private long _lines;

    /// <summary>Opens the ledger and removes an incomplete last line.</summary>
    /// <exception cref="IOException">Another simulator writes this ledger, or the folder cannot be written.</exception>
    public LedgerWriter(string folder, long segmentBytes = 64L << 20, int segments = 8)
    {
        (_folder, _segmentBytes, _segments) = (folder, segmentBytes, segments);
        Directory.CreateDirectory(folder);
        // FileShare.None is a lock that ends with the process.
        _owner = new(Path.Combine(folder, "writer.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        _number = LedgerFolder.Segments(folder) is [.., (long last, _)] ? last : 1;
        _file = Open();
        byte[] tail = Tail(_file);
        _file.SetLength(_file.Length - tail.Length + tail.AsSpan().LastIndexOf((byte)'\n') + 1);
        (_earliestUnwritten, _lines) = Last(tail);
        _file.Seek(0, SeekOrigin.End);
    }

    /// <exception cref="IOException">The entry could not be written. The market stops without its ledger.</exception>
    public void Append(LedgerEntry entry)
    {
        lock (_lock)
        {
            _line.ResetWrittenCount();
            LedgerLine.Write(entry with { Line = ++_lines }, _line);
            if (_file.Length > 0 && _file.Length + _line.WrittenCount > _segmentBytes)
                Rotate();
            _file.Write(_line.WrittenSpan);
        }
    }

    /// <summary>Writes that a simulator starts now.</summary>
    public void AppendStart(DateTime now) => Append(new() { Kind = LedgerKind.Start, At = now, Since = _earliestUnwritten });

    public void Dispose()
    {
        lock (_lock)
        {
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
        foreach ((_, string path) in LedgerFolder.Segments(_folder).SkipLast(_segments))
            File.Delete(path);
    }

    // No buffer: each write is one system call.
    private FileStream Open() =>
        new(LedgerFolder.Segment(_folder, _number), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    // A line is far shorter than a mebibyte: a purge lists 200 orders.
    private static byte[] Tail(FileStream file)
    {
        byte[] end = new byte[Math.Min(file.Length, 1 << 20)];
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        return end;
    }

    // A transaction gets its time when it begins, and its line when it is known to be committed: five seconds for each of its two answers, or as long as MySQL was
    // gone in between. So: ten seconds before the last line that is ten seconds older than the very last, or before what the tail begins with.
    private static (DateTime? EarliestUnwritten, long Lines) Last(ReadOnlySpan<byte> tail)
    {
        DateTime? last = null, at = null;
        long? lines = null;
        while (tail.LastIndexOf((byte)'\n') is >= 0 and var end)
        {
            tail = tail[..end];
            try
            {
                LedgerEntry entry = LedgerLine.Read(tail[(tail.LastIndexOf((byte)'\n') + 1)..]);
                at = entry.At;
                lines ??= entry.Line ?? 0;
            }
            catch (JsonException)
            {
                // The line that the tail begins within.
                break;
            }

            last ??= at;
            if (at <= last - UnwrittenFor)
                break;
        }

        return (at - UnwrittenFor, lines ?? 0);
    }
}
