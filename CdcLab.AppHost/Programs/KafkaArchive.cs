using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace CdcLab.AppHost.Programs;

internal sealed class KafkaArchive(Uri address, DownloadLimits limits)
{
    /// <summary>Apache's release archive of the Kafka that <c>confluentinc/cp-kafka:7.5.3</c> contains.</summary>
    public const string DefaultUrl = "https://archive.apache.org/dist/kafka/3.5.2/kafka_2.13-3.5.2.tgz";

    // As Strimzi's build checks it (strimzi/strimzi-kafka-operator, kafka-versions.yaml, 3.5.2); not computed by us.
    public const string DefaultSha512 =
        "229ccc5e3e6b3b9845f59f6e829d70711c5a5a2293f32b6bcabc37350666f874bc7d8f08130f712a1b32915205c10f2847f04908c20d5f7fdb4b62d058c9defe";

    // A digest with its file's name; anything longer is a page about something else.
    private const long MaxDigestBytes = 1 << 16;

    private readonly string _name = Path.GetFileName(address.IsAbsoluteUri ? address.AbsolutePath : address.OriginalString);

    public string Version()
    {
        if (address is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw new ProgramUnavailableException($"Lab:Kafka:ArchiveUrl is {address}: it must be an http or https address.");
        var version = KafkaDistribution.VersionOfArchive(_name)
            ?? throw new ProgramUnavailableException($"Lab:Kafka:ArchiveUrl is {address}: it must end in a name like kafka_2.13-3.5.2.tgz.");
        return KafkaDistribution.VersionFault(version) is { } fault
            ? throw new ProgramUnavailableException($"Lab:Kafka:ArchiveUrl, {address}, {fault}.")
            : version;
    }

    public async Task<FetchedPart> FetchAsync(string work, PartProgress progress, CancellationToken cancellationToken)
    {
        var version = Version();
        using Download download = new("Lab:Kafka:ArchiveUrl", limits);
        // The digest first: it is small, and without it the archive would be downloaded in vain.
        progress.Report("fetching the digest");
        var digest = await ExpectedDigestAsync(download, cancellationToken);
        var tree = Path.Combine(work, "tree");
        if (!await download.TreeAsync(address, address.ToString(), digest, tree, progress, cancellationToken))
        {
            throw new ProgramUnavailableException(
                $"{address} does not exist: set Lab:Kafka:ArchiveUrl to where kafka_2.13-X.Y.Z.tgz lies, or KAFKA_HOME to an unpacked Kafka.");
        }

        var found = KafkaDistribution.ReadVersion(tree, out var fault) ?? throw new ProgramUnavailableException($"What {address} unpacks to {fault}.");
        return found == version
            ? new FetchedPart(tree, version, address.ToString(), [$"{_name} sha512 {digest}"])
            : throw new ProgramUnavailableException($"{address} contains Kafka {found}, not what its name says.");
    }

    private async Task<string> ExpectedDigestAsync(Download download, CancellationToken cancellationToken)
    {
        // Another address may serve another build of the same version (a mirror of one's own): then the digest beside it counts.
        if (address == new Uri(DefaultUrl))
            return DefaultSha512;
        Uri beside = new(address.GetLeftPart(UriPartial.Path) + ".sha512" + address.Query);
        var text = await download.TextAsync(beside, MaxDigestBytes, cancellationToken)
            ?? throw new ProgramUnavailableException($"{beside} does not exist: the archive's digest must lie beside it, as it does in Apache's archive.");
        return Sha512File.Parse(text, _name) ?? throw new ProgramUnavailableException($"{beside} holds no single SHA-512 of {_name}.");
    }
}

internal static class Sha512File
{
    /// <summary>The digest of a file in a <c>.sha512</c>, in lower case; null when there is none or more than one. Two forms are in use: <c>sha512sum</c>'s
    /// "digest  name" ("*name" for one read as binary), also without the name, and <c>gpg --print-md</c>'s "name: ABCD 1234 ..." over several lines.</summary>
    public static string? Parse(string text, string fileName)
    {
        var name = Regex.Escape(fileName);
        var pattern = $@"^\s*(?<digest>[0-9a-f]{{128}})([ \t]+\**{name})?[ \t\r]*$|\A\s*{name}:(?<digest>(\s*[0-9a-f]){{128}})\s*\z";
        var digests = Regex.Matches(text, pattern, RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => string.Concat(match.Groups["digest"].Value.Where(char.IsAsciiHexDigit)).ToLowerInvariant()).Distinct().ToList();
        return digests.Count == 1 ? digests[0] : null;
    }

    public static async Task<string> OfAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA512.HashDataAsync(stream, cancellationToken));
    }
}
