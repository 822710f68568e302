using CdcLab.Clients;

namespace CdcLab.Tests.Model.Clients;

[Trait("tier", "model")]
public sealed class WireReaderTests
{
    [Property]
    public void What_is_written_is_read_back(int number, long big, byte[] buffer, string text)
    {
        WireWriter writer = new();
        string clean = string.Concat((text ?? "").Where(char.IsAscii));
        writer.Int32(number);
        writer.Int64(big);
        writer.Buffer(buffer);
        writer.Text(clean);

        WireReader reader = new(writer.Written.Span);
        Assert.Equal(number, reader.Int32());
        Assert.Equal(big, reader.Int64());
        Assert.Equal(buffer, reader.Buffer().ToArray());
        Assert.Equal(clean, reader.Text());
    }

    [Property]
    public void Any_bytes_are_read_or_refused_and_nothing_else_happens(byte[] bytes)
    {
        foreach (Action read in new Action[]
        {
            () => new WireReader(bytes).Int32(),
            () => new WireReader(bytes).Int64(),
            () => new WireReader(bytes).Buffer(),
            () => new WireReader(bytes).Text(),
            () => new WireReader(bytes).Texts(),
        })
        {
            Assert.True(Record.Exception(read) is null or InvalidDataException);
        }
    }

    [Property]
    public void Every_cut_of_an_answer_is_refused(string[] names)
    {
        WireWriter writer = new();
        writer.Int32(names.Length);
        foreach (string name in names)
            writer.Text(name ?? "");
        byte[] whole = writer.Written.ToArray();

        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => new WireReader(whole.AsSpan(0, length)).Texts());
        Assert.Equal(names.Length, new WireReader(whole).Texts().Count);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1_000_000)]
    [InlineData(-2)]
    public void Length_that_the_answer_cannot_hold_is_refused_before_anything_is_allocated(int length)
    {
        WireWriter writer = new();
        writer.Int32(length);
        writer.Int32(0);

        Assert.Throws<InvalidDataException>(() => new WireReader(writer.Written.Span).Texts());
        Assert.Throws<InvalidDataException>(() => new WireReader(writer.Written.Span).Buffer());
    }

    [Fact]
    public void Null_buffer_is_empty()
    {
        WireWriter writer = new();
        writer.Int32(-1);

        Assert.Empty(new WireReader(writer.Written.Span).Buffer().ToArray());
    }
}
