using System.Formats.Tar;
using System.IO.Compression;
using CdcLab.Runtime.Standalone.Fetching;
using CdcLab.Tests.Model.Fetching;
using CliWrap;
using CliWrap.Buffered;
using Xunit;

namespace CdcLab.Tests.Lab.Fetching;

[Trait("tier", "lab")]
public sealed class KafkaFetchTests(FetchedParts parts)
{
    [Kafka35Fact]
    public async Task Real_Kafka_served_over_a_line_that_is_cut_arrives_whole_and_starts()
    {
        var token = TestContext.Current.CancellationToken;
        var home = Kafka35.Home;
        var version = KafkaDistribution.ReadVersion(home, out var fault) ?? throw new InvalidOperationException(fault);
        var content = await PackAsync(home, version, token);
        await using var server = new RawHttpServer((request, stream, cancel) => request.Path.EndsWith(".sha512", StringComparison.Ordinal)
            ? RawHttpServer.SendAsync(stream, 200, System.Text.Encoding.ASCII.GetBytes(KafkaTgz.GpgDigest(content, $"kafka_2.13-{version}.tgz")), cancel)
            : RawHttpServer.SendFileAsync(request, stream, content, request.RangeFrom is null ? content.Length * 6 / 10 : int.MaxValue, cancel));

        var options = new KafkaFetchOptions("archive", new Uri(server.Address, $"kafka_2.13-{version}.tgz"));
        var kafka = await new KafkaSource(options, parts.Cache).FindAsync(parts.Reports, token);
        Assert.Equal([null, null, content.Length * 6 / 10], server.Requests.Select(request => request.RangeFrom));
        Assert.Equal(version, kafka.Version);
        Assert.Equal(Files(home), Files(kafka.Home));

        var java = await new JavaSource(parts.Cache).FindAsync(parts.Reports, token);
        var said = await Cli.Wrap(java.Command[0])
            .WithArguments([.. java.Command.Skip(1), "-cp", kafka.Classpath, "kafka.Kafka", "--version"])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(token);
        Assert.Contains(version, said.StandardOutput, StringComparison.Ordinal);
    }

    private static async Task<byte[]> PackAsync(string home, string version, CancellationToken token)
    {
        using var packed = new MemoryStream();
        await using (var zipped = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zipped, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories))
                await tar.WriteEntryAsync(file, $"kafka_2.13-{version}/{Path.GetRelativePath(home, file)}", token);
        }

        return packed.ToArray();
    }

    private static Dictionary<string, long> Files(string folder)
        => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != PartManifest.FileName)
            .ToDictionary(file => Path.GetRelativePath(folder, file), file => new FileInfo(file).Length, StringComparer.Ordinal);
}
