using CdcLab.Clients.MySql.Binlog;

namespace CdcLab.Tests.Model.Clients;

[Trait("tier", "model")]
public sealed class BinlogEventTests
{
    private static readonly byte[][] Samples =
    [
        BinlogEvents.Format(),
        BinlogEvents.Rotate("binlog.000002"),
        BinlogEvents.Query("BEGIN"),
        BinlogEvents.Query("LOAD DATA", type: 18, more: 13),
        BinlogEvents.Table(90, "cdclab", "orders", 9),
        BinlogEvents.Rows(30, 90, 9, [0xFF, 0x01]),
        BinlogEvents.Rows(31, 90, 9, [0xFF, 0x01], [0xFF, 0x01]),
        BinlogEvents.Rows(39, 90, 9, [0xFF, 0x01], [0xFF, 0x01]),
        BinlogEvents.Rows(25, 90, 9, [0xFF, 0x01]),
    ];

    [Fact]
    public void What_each_event_says_is_read()
    {
        FormatEvent format = Assert.IsType<FormatEvent>(Parse(BinlogEvents.Format(checksum: 1)));
        Assert.Equal((4, DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), 500), (format.ChecksumLength, format.At, format.End));
        Assert.Equal((4, "binlog.000002"), Parse(Samples[1]) is RotateEvent r ? (r.Position, r.File) : default);
        Assert.Equal((7, "cdclab", "BEGIN"), Parse(Samples[2]) is QueryEvent q ? (q.Session, q.Schema, q.Statement) : default);
        Assert.Equal("LOAD DATA", Assert.IsType<QueryEvent>(Parse(Samples[3])).Statement);
        Assert.Equal((90UL, "cdclab", "orders", 9), Parse(Samples[4]) is TableEvent t ? (t.Table, t.Schema, t.Name, t.Columns) : default);
        Assert.All(Samples[5..], s => Assert.Equal((90UL, 9, true), Parse(s) is RowsEvent e ? (e.Table, e.Columns, e.HasAllColumns) : default));
        Assert.Equal(["INSERT", "UPDATE", "UPDATE", "DELETE"], Samples[5..].Select(s => ((RowsEvent)Parse(s)).Kind));
        Assert.Equal([false, false, true, false], Samples[5..].Select(s => ((RowsEvent)Parse(s)).IsPartial));
    }

    [Theory]
    [InlineData(30, 0xFE, 0x01, 0xFF)]
    [InlineData(32, 0xFF, 0x00, 0xFF)]
    [InlineData(31, 0x01, 0x00, 0xFF)]
    [InlineData(24, 0xFF, 0x01, 0x7F)]
    public void Missing_column_in_any_image_is_seen(byte type, byte first, byte second, byte after) =>
        Assert.False(Assert.IsType<RowsEvent>(Parse(BinlogEvents.Rows(type, 90, 9, [first, second], [after, 0x01]))).HasAllColumns);

    [Fact]
    public void Bytes_after_the_last_column_mean_nothing() => Assert.True(Assert.IsType<RowsEvent>(Parse(BinlogEvents.Rows(30, 90, 9, [0xFF, 0xFF]))).HasAllColumns);

    [Fact]
    public void Checksum_is_no_part_of_the_statement()
    {
        byte[] query = BinlogEvents.Query("BEGIN....");
        Assert.Equal("BEGIN", Assert.IsType<QueryEvent>(BinlogEvent.Parse(query, query.Length, checksum: 4)).Statement);
    }

    [Fact]
    public void What_is_not_known_or_hidden_is_never_called_harmless()
    {
        Assert.IsType<CompressedEvent>(Parse(BinlogEvents.Event(40, [1, 2, 3])));
        Assert.All([0, 1, 6, 26, 43, 99, 255], type => Assert.IsType<UnreadEvent>(Parse(BinlogEvents.Event((byte)type, [1, 2, 3]))));
        Assert.IsType<UnreadEvent>(Parse(BinlogEvents.Format(checksum: 2)));
        Assert.IsType<UnreadEvent>(Parse(BinlogEvents.Rows(30, 90, 0)));
        Assert.All([3, 16, 33, 34, 35, 42], type => Assert.IsType<OtherEvent>(Parse(BinlogEvents.Event((byte)type, []))));
    }

    [Fact]
    public void Event_whose_own_length_is_not_that_of_its_packet_is_refused()
    {
        foreach (byte[] sample in Samples)
        {
            for (int length = 0; length < sample.Length; length++)
                Assert.Throws<InvalidDataException>(() => BinlogEvent.Parse(sample.AsSpan(0, length), length, checksum: 0));
        }
    }

    // The reader keeps the beginning of a long event: what does not fit into it is not judged.
    [Fact]
    public void Beginning_of_an_event_is_read_or_not_understood()
    {
        foreach (byte[] sample in Samples)
        {
            for (int length = 19; length < sample.Length; length++)
            {
                BinlogEvent read = BinlogEvent.Parse(sample.AsSpan(0, length), sample.Length, checksum: 0);
                Assert.True(read is UnreadEvent || read.GetType() == Parse(sample).GetType());
            }
        }
    }

    [Property(MaxTest = 2000)]
    public void Any_bytes_are_read_or_refused_and_nothing_else_happens(byte type, byte[] body, byte checksum)
    {
        byte[] bytes = BinlogEvents.Event(type, body);
        Assert.NotNull(BinlogEvent.Parse(bytes, bytes.Length, checksum % 5));
        Assert.True(Record.Exception(() => BinlogEvent.Parse(body, body.Length, checksum: 0)) is null or InvalidDataException);
    }

    [Property(MaxTest = 2000)]
    public void Changed_byte_anywhere_is_read_or_refused_and_nothing_else_happens(int sample, int where, byte with)
    {
        byte[] bytes = [.. Samples[(int)((uint)sample % (uint)Samples.Length)]];
        bytes[(int)((uint)where % (uint)bytes.Length)] = with;
        Assert.True(Record.Exception(() => Parse(bytes)) is null or InvalidDataException);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("20628aeb-ec0e-11f1-8dd0-02fc00000001:1-5", 5)]
    [InlineData("20628aeb-ec0e-11f1-8dd0-02fc00000001:1-5:8:10-11,\n30628aeb-ec0e-11f1-8dd0-02fc00000001:4", 9)]
    [InlineData("20628aeb-ec0e-11f1-8dd0-02fc00000001:1-47046:tag:1-2:other_1:7", 47_049)]
    public void Transactions_of_a_set_are_counted_with_tags_and_without(string set, long count) => Assert.Equal(count, GtidSet.Count(set));

    private static BinlogEvent Parse(byte[] bytes) => BinlogEvent.Parse(bytes, bytes.Length, checksum: 0);
}
