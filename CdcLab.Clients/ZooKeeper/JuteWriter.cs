using System.Buffers;
using System.Buffers.Binary;

namespace CdcLab.Clients.ZooKeeper;

/// <summary>Writes jute. Packets are framed by their length.</summary>
internal sealed class JuteWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public void Packet(Action<JuteWriter> body)
    {
        JuteWriter packet = new();
        body(packet);
        Int32(packet._bytes.WrittenCount);
        _bytes.Write(packet._bytes.WrittenSpan);
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
    }

    public void Bool(bool value) => _bytes.Write([value ? (byte)1 : (byte)0]);

    public void Buffer(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        _bytes.Write(value);
    }

    public void Text(string value) => Buffer(Encoding.UTF8.GetBytes(value));
}
