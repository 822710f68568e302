using System.Buffers.Binary;

namespace CdcLab.Verifier.Probes;

/// <summary>What a probe message carries: which run of the verifier sent it, and its number in that run.</summary>
internal static class ProbeMessage
{
    private const int RunSize = 16;

    public static byte[] Write(Guid run, long number)
    {
        byte[] value = new byte[RunSize + sizeof(long)];
        run.TryWriteBytes(value);
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(RunSize), number);
        return value;
    }

    /// <summary>The number; null where it is not a message of this run: another verifier's, or what was there before.</summary>
    public static long? Number(Guid run, ReadOnlySpan<byte> value) =>
        value.Length == RunSize + sizeof(long) && new Guid(value[..RunSize]) == run ? BinaryPrimitives.ReadInt64BigEndian(value[RunSize..]) : null;
}
