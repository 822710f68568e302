namespace CdcLab.Clients.MySql.Binlog;

/// <summary>One event of the binlog, as far as it is understood: what it changes and by whom, never the values.</summary>
/// <remarks>The format: MySQL's source code documentation, "Binary Log Event" (version 4, MySQL 5.0 to 9.x).</remarks>
public abstract record BinlogEvent
{
    private const int HeaderLength = 19;
    private const int LongestPacket = 0xFF_FFFF;

    /// <summary>When it was written, by the server's clock in whole seconds.</summary>
    public DateTimeOffset At { get; private init; }

    /// <summary>The place after it in its file; 0 for what the server made up for its reader.</summary>
    public long End { get; private init; }

    /// <param name="bytes">The event, or the beginning of it.</param>
    /// <param name="length">Its length, as the network tells it.</param>
    /// <param name="checksum">The length of the checksum at its end, as the file's description tells it.</param>
    /// <exception cref="InvalidDataException">It is no event, so what follows is not to be trusted either.</exception>
    public static BinlogEvent Parse(ReadOnlySpan<byte> bytes, int length, int checksum)
    {
        PacketReader reader = new(bytes);
        DateTimeOffset at = DateTimeOffset.FromUnixTimeSeconds((long)reader.Number(4));
        byte type = reader.Byte();
        reader.Take(4); // server
        ulong told = reader.Number(4);
        long end = (long)reader.Number(4);
        reader.Take(2); // flags
        // What comes in several parts is longer than the first one.
        if (told < HeaderLength || (length < LongestPacket - 1 ? told != (ulong)length : told < (ulong)length))
            throw new InvalidDataException($"An event of {told} bytes came as {length}.");
        bool isWhole = bytes.Length == length;
        ReadOnlySpan<byte> body = isWhole && type != FormatEvent.Type ? reader.Rest[..Math.Max(reader.Rest.Length - checksum, 0)] : reader.Rest;
        return Body(type, body, isWhole) with { At = at, End = end };
    }

    private static BinlogEvent Body(byte type, ReadOnlySpan<byte> body, bool isWhole)
    {
        try
        {
            PacketReader reader = new(body);
            return type switch
            {
                2 => QueryEvent.Read(reader, more: 0),
                4 => new RotateEvent((long)reader.Number(8), Encoding.UTF8.GetString(reader.Rest)),
                FormatEvent.Type => FormatEvent.Read(reader),
                18 => QueryEvent.Read(reader, more: 13), // LOAD DATA as a statement
                19 => TableEvent.Read(reader),
                23 or 24 or 25 => RowsEvent.Read(type, reader, hasMore: false), // log_bin_use_v1_row_events, up to 8.2
                30 or 31 or 32 or 39 => RowsEvent.Read(type, reader, hasMore: true),
                // STOP, what goes with a statement (INTVAR, RAND, USER_VAR, the blocks of a LOAD DATA), XID, heartbeats, comments, GTIDs with a tag
                // or without, group replication, XA PREPARE.
                3 or 5 or 9 or 11 or 13 or 14 or 16 or 17 or 27 or 28 or 29 or 33 or 34 or 35 or 36 or 37 or 38 or 41 or 42 => new OtherEvent(),
                26 => new UnreadEvent("an incident: MySQL says that events may be missing"),
                40 => new CompressedEvent(),
                _ => new UnreadEvent($"an event of type {type}"),
            };
        }
        catch (InvalidDataException e)
        {
            return new UnreadEvent($"an event of type {type}: {(isWhole ? e.Message : "it is too long")}");
        }
    }
}

/// <summary>The first event of each file: <see cref="BinlogEvent.At"/> is when the file was made. A dump begins with it wherever it begins.</summary>
public sealed record FormatEvent(int ChecksumLength) : BinlogEvent
{
    internal const byte Type = 15;

    // At its end stand one byte for the kind of the checksums in this file, and a checksum of its own in any case.
    internal static FormatEvent Read(PacketReader reader)
    {
        if (reader.Number(2) != 4)
            throw new InvalidDataException("The file is of another version.");
        return reader.Rest switch
        {
            [.., 0, _, _, _, _] => new(0),
            [.., 1, _, _, _, _] => new(4), // CRC32
            _ => throw new InvalidDataException("The file has checksums of another kind."),
        };
    }
}

/// <summary>What follows stands there.</summary>
public sealed record RotateEvent(long Position, string File) : BinlogEvent;

/// <summary>A statement, and the connection id of the session that sent it: BEGIN before rows, DDL, or a change that is not written as rows.</summary>
public sealed record QueryEvent(long Session, string Schema, string Statement) : BinlogEvent
{
    internal static QueryEvent Read(PacketReader reader, ulong more)
    {
        long session = (long)reader.Number(4);
        reader.Take(4); // duration
        byte schema = reader.Byte();
        reader.Take(2); // error
        ulong variables = reader.Number(2);
        reader.Take(more + variables);
        string name = reader.Text(schema);
        reader.Take(1);
        return new(session, name, Encoding.UTF8.GetString(reader.Rest));
    }
}

/// <summary>The number by which the rows that follow name a table.</summary>
public sealed record TableEvent(ulong Table, string Schema, string Name, int Columns) : BinlogEvent
{
    internal static TableEvent Read(PacketReader reader)
    {
        ulong table = reader.Number(6);
        reader.Take(2); // flags
        string schema = reader.Text(reader.Packed());
        reader.Take(1);
        string name = reader.Text(reader.Packed());
        reader.Take(1);
        ulong columns = reader.Packed();
        reader.Take(columns); // their types: as many as it says
        return new(table, schema, name, (int)columns);
    }
}

/// <summary>Rows of one table that were inserted, updated or deleted.</summary>
/// <param name="HasAllColumns">Whether each image (before, after) carries every column.</param>
/// <param name="IsPartial">Whether it carries parts of JSON values (<c>binlog_row_value_options=PARTIAL_JSON</c>).</param>
public sealed record RowsEvent(string Kind, ulong Table, int Columns, bool HasAllColumns, bool IsPartial) : BinlogEvent
{
    private const int MostColumns = 4096;

    internal static RowsEvent Read(byte type, PacketReader reader, bool hasMore)
    {
        string kind = type switch { 23 or 30 => "INSERT", 25 or 32 => "DELETE", _ => "UPDATE" };
        ulong table = reader.Number(6);
        reader.Take(2); // flags
        if (hasMore && reader.Number(2) is var length)
            reader.Take(length >= 2 ? length - 2 : throw new InvalidDataException("A length in it does not count itself.")); // partitions, NDB
        int columns = reader.Packed() is var told and > 0 and <= MostColumns ? (int)told : throw new InvalidDataException("It has no columns, or too many.");
        bool all = IsFull(reader.Take((ulong)(columns + 7) / 8), columns);
        if (kind == "UPDATE")
            all &= IsFull(reader.Take((ulong)(columns + 7) / 8), columns);
        return new(kind, table, columns, all, IsPartial: type == 39);
    }

    private static bool IsFull(ReadOnlySpan<byte> bits, int columns)
    {
        for (int i = 0; i < columns; i++)
        {
            if ((bits[i / 8] & (1 << (i % 8))) == 0)
                return false;
        }

        return true;
    }
}

/// <summary>What changes nothing by itself.</summary>
public sealed record OtherEvent : BinlogEvent;

/// <summary>A whole transaction, compressed (<c>binlog_transaction_compression</c>): zstd, which .NET does not have.</summary>
public sealed record CompressedEvent : BinlogEvent;

/// <summary>What is not understood, so that nobody may call it good.</summary>
public sealed record UnreadEvent(string What) : BinlogEvent;
