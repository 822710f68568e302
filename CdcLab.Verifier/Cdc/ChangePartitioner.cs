namespace CdcLab.Verifier.Cdc;

/// <summary>In which partition a producer of Java puts a key: murmur2 of its bytes, as Kafka's own default does.</summary>
internal static class ChangePartitioner
{
    public static int Of(bool isOrder, long id, int partitions) =>
        (int)((uint)Murmur2(System.Text.Encoding.UTF8.GetBytes($"{{\"{(isOrder ? "order_id" : "execution_id")}\":{id}}}")) & 0x7fffffff) % partitions;

    // org.apache.kafka.common.utils.Utils.murmur2.
    internal static int Murmur2(ReadOnlySpan<byte> data)
    {
        unchecked
        {
            const uint M = 0x5bd1e995;
            uint h = 0x9747b28c ^ (uint)data.Length;
            while (data.Length >= 4)
            {
                uint k = BitConverter.ToUInt32(data) * M;
                k ^= k >> 24;
                h = (h * M) ^ (k * M);
                data = data[4..];
            }

            if (data.Length > 2)
                h ^= (uint)data[2] << 16;
            if (data.Length > 1)
                h ^= (uint)data[1] << 8;
            if (data.Length > 0)
                h = (h ^ data[0]) * M;
            h ^= h >> 13;
            h *= M;
            return (int)(h ^ (h >> 15));
        }
    }
}
