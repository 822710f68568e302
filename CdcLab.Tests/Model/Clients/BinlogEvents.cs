namespace CdcLab.Tests.Model.Clients;

/// <summary>Events of the binlog as MySQL writes them, without checksums.</summary>
internal static class BinlogEvents
{
    public static byte[] Event(byte type, byte[] body, uint end = 500, uint at = 1_700_000_000) => [.. Number(at, 4), type, .. Number(1, 4), .. Number((uint)body.Length + 19, 4), .. Number(end, 4), 0, 0, .. body];

    public static byte[] Format(byte checksum = 0, uint at = 1_700_000_000) =>
        Event(15, [4, 0, .. Encoding.ASCII.GetBytes("9.7.4".PadRight(50, '\0')), 0, 0, 0, 0, 19, .. new byte[40], checksum, 1, 2, 3, 4], at: at);

    public static byte[] Rotate(string file, uint position = 4) => Event(4, [.. Number(position, 8), .. Encoding.UTF8.GetBytes(file)], end: 0);

    public static byte[] Query(string statement, uint session = 7, string schema = "cdclab", byte type = 2, int more = 0) =>
        Event(type, [.. Number(session, 4), 0, 0, 0, 0, (byte)schema.Length, 0, 0, 3, 0, .. new byte[more], 9, 9, 9, .. Encoding.UTF8.GetBytes(schema), 0, .. Encoding.UTF8.GetBytes(statement)]);

    public static byte[] Table(ulong id, string schema, string name, int columns) =>
        Event(19, [.. Number(id, 6), 1, 0, (byte)schema.Length, .. Encoding.UTF8.GetBytes(schema), 0, (byte)name.Length, .. Encoding.UTF8.GetBytes(name), 0, (byte)columns, .. new byte[columns], 0, 0]);

    public static byte[] Rows(byte type, ulong id, int columns, params byte[][] bitmaps)
    {
        byte[] more = type >= 30 ? [2, 0] : [];
        return Event(type, [.. Number(id, 6), 1, 0, .. more, (byte)columns, .. bitmaps.SelectMany(b => b), 0, 1, 2, 3]);
    }

    public static byte[] Number(ulong value, int bytes) => [.. Enumerable.Range(0, bytes).Select(i => (byte)(value >> (8 * i)))];
}
