using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace CdcLab.Tests.Model.Programs;

/// <summary>Packs archives that look like Kafka's releases, or wrongly so.</summary>
internal static class KafkaTgz
{
    public const string Name = "kafka_2.13-3.5.2.tgz";

    public static byte[] Of(params TarEntry[] entries)
    {
        using var packed = new MemoryStream();
        using (var zipped = new GZipStream(packed, CompressionLevel.Fastest))
        using (var tar = new TarWriter(zipped))
        {
            foreach (var entry in entries)
                tar.WriteEntry(entry);
        }

        return packed.ToArray();
    }

    public static TarEntry File(string name, int size = 3)
    {
        var content = new byte[size];
        // Not to be compressed away: a transfer shall have something to cut.
        new Random(size).NextBytes(content);
        return new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) };
    }

    /// <summary>A Kafka of 200 kB in the shape of a release.</summary>
    public static byte[] Release(string version = "3.5.2") => Of(
        new PaxTarEntry(TarEntryType.Directory, $"kafka_2.13-{version}/"),
        File($"kafka_2.13-{version}/bin/kafka-topics.sh"),
        File($"kafka_2.13-{version}/libs/kafka_2.13-{version}.jar", 200_000),
        File($"kafka_2.13-{version}/libs/zookeeper-3.6.4.jar"));

    public static string Sha512(byte[] content) => Convert.ToHexStringLower(SHA512.HashData(content));

    /// <summary>The digest as Apache's releases have it: gpg --print-md.</summary>
    public static string GpgDigest(byte[] content, string name = Name)
    {
        var groups = Convert.ToHexString(SHA512.HashData(content)).Chunk(8).Select(group => new string(group)).ToArray();
        return $"{name}: {string.Join(' ', groups[..6])}\n                      {string.Join(' ', groups[6..12])}\n                      {string.Join(' ', groups[12..])}\n";
    }
}
