using System.Buffers.Binary;

namespace CdcLab.Clients.Kafka;

/// <summary>Reads Kafka's wire format of the old, fixed request versions. Never reads past its end, whatever the bytes say.</summary>
internal ref struct KafkaReader
{
    private ReadOnlySpan<byte> _rest;

    public KafkaReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public string Text()
    {
        int length = BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)));
        if (length < 0)
            throw new InvalidDataException("A text's length is negative.");
        return Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>The length of a list, refused where the rest could not hold it.</summary>
    /// <param name="smallest">The bytes that its smallest item takes.</param>
    public int Count(int smallest)
    {
        int count = Int32();
        if (count < 0 || (long)count * smallest > _rest.Length)
            throw new InvalidDataException("A list is longer than the answer.");
        return count;
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
