using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace CdcLab.Clients.Market;

/// <summary>Reads the market's ledger from where it ends when it is first read: what is written from then on, and what is older. Memory is one block, whatever the
/// ledger's size. Not thread-safe.</summary>
/// <param name="blockBytes">Read at once; longer than the longest line.</param>
public sealed class LedgerReader(string folder, int blockBytes = 1 << 20)
{
    private readonly byte[] _block = new byte[blockBytes];
    private (long Segment, long Offset)? _older;
    private (long Segment, long Offset) _newer;
    private (long Oldest, long Newest)? _lines;

    /// <summary>Whether there is a ledger; known after the first read.</summary>
    public bool IsThere => _older is not null;

    /// <summary>Whether no line is missing between those that were read.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Reads up to one block of lines that were written since the last time, in their order. A last line without a line feed is left for later: it is still
    /// being written, or the writer was killed.</summary>
    /// <returns>False where there may be more.</returns>
    /// <exception cref="FileNotFoundException">The file that was read last is gone, or shorter than it was.</exception>
    /// <exception cref="InvalidDataException">A complete line is not a ledger entry.</exception>
    public bool ReadNewer(Action<LedgerEntry> take)
    {
        IReadOnlyList<(long Number, string Path)> segments = LedgerFolder.Segments(folder);
        if (_older is null)
        {
            if (segments is not [.., (long last, _)])
                return true;
            using SafeFileHandle end = Open(last);
            long from = Math.Max(0, RandomAccess.GetLength(end) - blockBytes);
            int tail = Read(end, from, blockBytes);
            _newer = (last, from + _block.AsSpan(0, tail).LastIndexOf((byte)'\n') + 1);
            _older = _newer;
            return true;
        }

        // Looked up before the file is read: one that has a successor is complete.
        long? next = segments.Select(s => (long?)s.Number).FirstOrDefault(n => n > _newer.Segment);
        using SafeFileHandle file = Open(_newer.Segment);
        if (RandomAccess.GetLength(file) < _newer.Offset)
            throw new FileNotFoundException($"{LedgerFolder.Segment(folder, _newer.Segment)} is shorter than it was.");
        int read = Read(file, _newer.Offset, blockBytes);
        ReadOnlySpan<byte> lines = _block.AsSpan(0, read);
        lines = lines[..(lines.LastIndexOf((byte)'\n') + 1)];
        while (lines.Length > 0)
        {
            int length = lines.IndexOf((byte)'\n') + 1;
            take(Entry(_newer.Segment, _newer.Offset, lines[..length], isOlder: false));
            _newer.Offset += length;
            lines = lines[length..];
        }

        if (read == blockBytes)
            return false;
        if (next is { } number)
            _newer = (number, 0);
        return next is null;
    }

    /// <summary>Reads up to one block of lines that are older than all that were read, the newest first.</summary>
    /// <returns>False where there is nothing older any more.</returns>
    /// <exception cref="InvalidDataException">A complete line is not a ledger entry.</exception>
    public bool ReadOlder(Action<LedgerEntry> take)
    {
        if (_older is not { } at)
            return false;
        try
        {
            if (at.Offset == 0)
            {
                if (LedgerFolder.Segments(folder).LastOrDefault(s => s.Number < at.Segment) is not { Path: not null } before)
                    return false;
                using SafeFileHandle whole = Open(before.Number);
                at = (before.Number, RandomAccess.GetLength(whole));
            }

            using SafeFileHandle file = Open(at.Segment);
            long from = Math.Max(0, at.Offset - blockBytes);
            ReadOnlySpan<byte> lines = _block.AsSpan(0, Read(file, from, (int)(at.Offset - from)));
            int begin = from == 0 ? 0 : lines.IndexOf((byte)'\n') + 1;
            lines = lines[begin..];
            while (lines.Length > 0)
            {
                int start = lines[..^1].LastIndexOf((byte)'\n') + 1;
                take(Entry(at.Segment, from + begin + start, lines[start..], isOlder: true));
                lines = lines[..start];
            }

            _older = (at.Segment, from + begin);
            return true;
        }
        catch (FileNotFoundException)
        {
            // The oldest file was deleted since the folder was listed.
            return false;
        }
    }

    private SafeFileHandle Open(long segment) =>
        File.OpenHandle(LedgerFolder.Segment(folder, segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private int Read(SafeFileHandle file, long offset, int most)
    {
        int read = 0;
        while (read < most && RandomAccess.Read(file, _block.AsSpan(read, most - read), offset + read) is > 0 and var more)
            read += more;
        return read;
    }

    private LedgerEntry Entry(long segment, long offset, ReadOnlySpan<byte> line, bool isOlder)
    {
        try
        {
            LedgerEntry entry = LedgerLine.Read(line);
            if (entry.Line is { } number)
            {
                (long oldest, long newest) = _lines ?? (isOlder ? (number + 1, number) : (number, number - 1));
                // Numbers begin with 1, and again where a writer could not read the last one.
                IsWhole &= isOlder ? number == oldest - 1 || oldest == 1 : number == newest + 1 || number == 1;
                _lines = isOlder ? (number, newest) : (oldest, number);
            }

            return entry;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{LedgerFolder.Segment(folder, segment)}, byte {offset}: the line is not a ledger entry.", e);
        }
    }
}
