namespace CdcLab.Clients.MySql.Binlog;

/// <summary>Reads MySQL's packets and events, whose numbers are little-endian and of any length. Never reads past its end, whatever the bytes say.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte Byte() => Take(1)[0];

    public ulong Number(int bytes)
    {
        ReadOnlySpan<byte> taken = Take((ulong)bytes);
        ulong number = 0;
        for (int i = bytes - 1; i >= 0; i--)
            number = (number << 8) | taken[i];
        return number;
    }

    /// <summary>A number that says its own length: most have one byte.</summary>
    public ulong Packed() => Byte() switch
    {
        <= 250 and byte small => small,
        252 => Number(2),
        253 => Number(3),
        254 => Number(8),
        _ => throw new InvalidDataException("A number in it is of no known length."),
    };

    public ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
            throw new InvalidDataException("It is cut off, or a length in it is wrong.");
        ReadOnlySpan<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    /// <summary>A text that ends with a NUL, which is taken too.</summary>
    public string TextToNul()
    {
        int end = _rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(Take((ulong)(end < 0 ? _rest.Length + 1 : end + 1))[..^1]);
    }

    public string Text(ulong length) => Encoding.UTF8.GetString(Take(length));
}
