using System.Buffers.Binary;

namespace CdcLab.AppHost.Programs;

/// <summary>
/// Reads from a program or library which others it needs, as the loader would. It is how the smallest set of packages that runs is
/// found, whatever their names and versions are by then.
/// </summary>
internal static class ElfFile
{
    private const int HeaderSize = 64;
    private const int ProgramHeaderSize = 56;
    private const int DynamicEntrySize = 16;
    private const int MaxNameLength = 255;
    private const ushort X64 = 62;
    private const uint LoadSegment = 1;
    private const uint DynamicSegment = 2;
    private const ulong EndTag = 0;
    private const ulong NeededTag = 1;
    private const ulong StringTableTag = 5;

    /// <summary>The names of the libraries that <paramref name="stream"/> needs; null when it is no x86-64 ELF file.</summary>
    /// <exception cref="InvalidDataException">It is one, but damaged.</exception>
    public static IReadOnlyList<string>? ReadNeeded(Stream stream)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (stream.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize)
            return null;
        // Magic, 64 bits, little endian.
        if (!header[..6].SequenceEqual<byte>([0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]) || BinaryPrimitives.ReadUInt16LittleEndian(header[18..]) != X64)
            return null;

        var offset = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        var size = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (count > 0 && size < ProgramHeaderSize)
            throw new InvalidDataException("its program headers are too short");
        var segments = new List<Segment>();
        var entry = new byte[ProgramHeaderSize];
        for (ulong i = 0; i < count; i++)
        {
            ReadExactly(stream, offset + (i * size), entry);
            segments.Add(new Segment(
                BinaryPrimitives.ReadUInt32LittleEndian(entry),
                BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(8)),
                BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(16)),
                BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(32))));
        }

        // A program without one is linked statically: it needs nothing.
        return segments.Find(segment => segment.Type == DynamicSegment) is { } dynamic ? ReadNeeded(stream, dynamic, segments) : [];
    }

    private static List<string> ReadNeeded(Stream stream, Segment dynamic, List<Segment> segments)
    {
        var names = new List<ulong>();
        ulong? table = null;
        var entry = new byte[DynamicEntrySize];
        for (ulong at = 0; at + DynamicEntrySize <= dynamic.FileSize; at += DynamicEntrySize)
        {
            ReadExactly(stream, dynamic.Offset + at, entry);
            var tag = BinaryPrimitives.ReadUInt64LittleEndian(entry);
            var value = BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(8));
            if (tag == EndTag)
                break;
            if (tag == NeededTag)
                names.Add(value);
            else if (tag == StringTableTag)
                table = value;
        }

        if (names.Count == 0)
            return [];
        // The table is given by its address in memory; the segment that is loaded there says where it lies in the file.
        var home = segments.Find(segment => segment.Type == LoadSegment && table is { } address && address >= segment.Address && address - segment.Address < segment.FileSize)
            ?? throw new InvalidDataException("its string table lies in no segment");
        var tableOffset = home.Offset + (table!.Value - home.Address);
        return names.ConvertAll(name => ReadName(stream, tableOffset + name));
    }

    private static string ReadName(Stream stream, ulong offset)
    {
        Seek(stream, offset);
        var buffer = new byte[MaxNameLength + 1];
        var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        var end = Array.IndexOf(buffer, (byte)0, 0, read);
        return end > 0 ? Encoding.ASCII.GetString(buffer, 0, end) : throw new InvalidDataException("the name of a library has no end");
    }

    private static void ReadExactly(Stream stream, ulong offset, byte[] buffer)
    {
        Seek(stream, offset);
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
            throw new InvalidDataException("it ends too early");
    }

    private static void Seek(Stream stream, ulong offset)
    {
        if (offset > (ulong)stream.Length)
            throw new InvalidDataException("it ends too early");
        stream.Position = (long)offset;
    }

    private sealed record Segment(uint Type, ulong Offset, ulong Address, ulong FileSize);
}
