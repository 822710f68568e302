using System.Buffers.Binary;
using CdcLab.AppHost.Programs;

namespace CdcLab.Tests.Model.Programs;

[Trait("tier", "model")]
public sealed class ElfFileTests
{
    [Fact]
    public void Needed_libraries_are_read_in_their_order()
        => Assert.Equal(["libssl.so.3", "libc.so.6"], Read(Elf("libssl.so.3", "libc.so.6")));

    [Fact]
    public void This_process_needs_the_C_library()
    {
        using var stream = File.OpenRead("/proc/self/exe");
        Assert.Contains("libc.so.6", ElfFile.ReadNeeded(stream)!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("#!/bin/sh\nexec something, and that for more than sixty-four bytes of text")]
    public void File_that_is_no_program_needs_nothing(string text) => Assert.Null(Read(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Program_of_another_processor_is_none_of_ours()
    {
        var elf = Elf("libc.so.6");
        elf[18] = 183;
        Assert.Null(Read(elf));
    }

    [Fact]
    public void File_cut_short_anywhere_is_damaged_and_never_read_wrongly()
    {
        var whole = Elf("libssl.so.3", "libc.so.6");
        for (var length = 64; length < whole.Length; length++)
            Assert.Throws<InvalidDataException>(() => Read(whole[..length]));
    }

    [Property(MaxTest = 500)]
    public bool File_with_any_bytes_changed_is_read_or_refused(ushort at, ulong value)
    {
        var elf = Elf("libssl.so.3", "libc.so.6");
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(at % (elf.Length - 8)), value);
        try
        {
            Read(elf);
            return true;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static IReadOnlyList<string>? Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return ElfFile.ReadNeeded(stream);
    }

    /// <summary>The least that a loader reads: header, one loaded and one dynamic segment, the dynamic entries, their strings.</summary>
    private static byte[] Elf(params string[] needed)
    {
        const ulong Address = 0x400000;
        var dynamicAt = 64 + (2 * 56);
        var stringsAt = dynamicAt + ((needed.Length + 2) * 16);
        var strings = "\0" + string.Concat(needed.Select(name => name + "\0"));
        var elf = new byte[stringsAt + strings.Length];
        ((byte[])[0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1]).CopyTo(elf, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(18), 62);
        BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(56), 2);
        Segment(64, 1, 0, Address, (ulong)elf.Length);
        Segment(120, 2, (ulong)dynamicAt, Address + (ulong)dynamicAt, (ulong)(stringsAt - dynamicAt));
        Dynamic(0, 5, Address + (ulong)stringsAt);
        var name = 1;
        for (var i = 0; i < needed.Length; i++)
        {
            Dynamic(i + 1, 1, (ulong)name);
            name += needed[i].Length + 1;
        }

        Encoding.ASCII.GetBytes(strings).CopyTo(elf, stringsAt);
        return elf;

        void Segment(int at, uint type, ulong offset, ulong address, ulong size)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(elf.AsSpan(at), type);
            BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(at + 8), offset);
            BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(at + 16), address);
            BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(at + 32), size);
        }

        void Dynamic(int index, ulong tag, ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(dynamicAt + (index * 16)), tag);
            BinaryPrimitives.WriteUInt64LittleEndian(elf.AsSpan(dynamicAt + (index * 16) + 8), value);
        }
    }
}
