using System.Buffers.Binary;

namespace CdcLab.Clients.ZooKeeper;

/// <summary>Reads jute, ZooKeeper's wire format: big-endian numbers, lengths before texts, buffers and lists. Never reads past its end, whatever the bytes say.</summary>
internal ref struct JuteReader
{
    private ReadOnlySpan<byte> _rest;

    public JuteReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    /// <summary>A buffer; null and empty are different things on the wire and the same to us.</summary>
    public ReadOnlySpan<byte> Buffer()
    {
        int length = Int32();
        return length switch
        {
            -1 => [],
            < -1 => throw new InvalidDataException("A length is negative."),
            _ => Take(length),
        };
    }

    public string Text() => Encoding.UTF8.GetString(Buffer());

    public List<string> Texts()
    {
        int count = Int32();

        // Each text takes at least its length: a count that the rest cannot hold is refused before anything is allocated for it.
        if (count < -1 || (long)count * sizeof(int) > _rest.Length)
            throw new InvalidDataException("A list is longer than the answer.");
        List<string> texts = new(Math.Max(count, 0));
        for (int i = 0; i < count; i++)
            texts.Add(Text());
        return texts;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
            throw new InvalidDataException("The answer is cut off.");
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
