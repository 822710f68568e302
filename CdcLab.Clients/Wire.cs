using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace CdcLab.Clients;

/// <summary>Reads what Kafka (its old, fixed request versions) and ZooKeeper (jute) share: big-endian numbers, lengths before texts and lists.
/// Never reads past its end, whatever the bytes say.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    /// <summary>The length of a list, refused where the rest could not hold so many of its smallest items: before anything is allocated for it.</summary>
    public int Count(int smallest)
    {
        int count = Int32();
        if (count < -1 || (long)count * smallest > _rest.Length)
            throw new InvalidDataException("A list is longer than the answer.");
        return Math.Max(count, 0);
    }

    /// <summary>A buffer; null and empty are different things on the wire and the same to us.</summary>
    public ReadOnlySpan<byte> Buffer()
    {
        int length = Int32();
        return length == -1 ? [] : Take(length);
    }

    public string Text() => Encoding.UTF8.GetString(Buffer());

    /// <summary>A text of Kafka's, whose length has two bytes.</summary>
    public string ShortText() => Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadInt16BigEndian(Take(sizeof(short)))));

    public List<string> Texts()
    {
        int count = Count(smallest: sizeof(int));
        List<string> texts = new(count);
        for (int i = 0; i < count; i++)
            texts.Add(Text());
        return texts;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
            throw new InvalidDataException("The answer is cut off, or a length in it is wrong.");
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}

/// <summary>Writes the same. Packets are framed by their length.</summary>
internal sealed class WireWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Packet(Action<WireWriter> body)
    {
        WireWriter packet = new();
        body(packet);
        Buffer(packet.Written.Span);
    }

    public void Int16(short value) => _bytes.Write(BitConverter.GetBytes(IPAddress.HostToNetworkOrder(value)));

    public void Int32(int value) => _bytes.Write(BitConverter.GetBytes(IPAddress.HostToNetworkOrder(value)));

    public void Int64(long value) => _bytes.Write(BitConverter.GetBytes(IPAddress.HostToNetworkOrder(value)));

    public void Bool(bool value) => _bytes.Write([value ? (byte)1 : (byte)0]);

    public void Buffer(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        _bytes.Write(value);
    }

    public void Text(string value) => Buffer(Encoding.UTF8.GetBytes(value));

    public void ShortText(string value)
    {
        Int16((short)Encoding.UTF8.GetByteCount(value));
        _bytes.Write(Encoding.UTF8.GetBytes(value));
    }
}

internal static class WireStream
{
    /// <summary>Reads one packet without its length; refuses one that is longer than any of this server's.</summary>
    public static async Task<byte[]> ReadPacketAsync(this Stream stream, int longest, string server, CancellationToken cancellationToken)
    {
        byte[] head = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(head, cancellationToken);
        int length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length < 0 || length > longest)
            throw new InvalidDataException($"What listens there does not answer as {server} does.");
        byte[] packet = new byte[length];
        await stream.ReadExactlyAsync(packet, cancellationToken);
        return packet;
    }
}
