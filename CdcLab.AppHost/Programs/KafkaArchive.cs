using System.Security.Cryptography;

namespace CdcLab.AppHost.Programs;

/// <summary>Fetches Kafka's release archive and unpacks it.</summary>
internal sealed class KafkaArchive(Uri address, DownloadLimits limits)
{
    /// <summary>Apache's release archive of the Kafka that <c>confluentinc/cp-kafka:7.5.3</c> contains.</summary>
    public const string DefaultUrl = "https://archive.apache.org/dist/kafka/3.5.2/kafka_2.13-3.5.2.tgz";

    /// <summary>SHA-512 of <see cref="DefaultUrl"/>, as Strimzi's build checks it (strimzi/strimzi-kafka-operator, <c>kafka-versions.yaml</c>, 3.5.2); not computed by us.</summary>
    public const string DefaultSha512 =
        "229ccc5e3e6b3b9845f59f6e829d70711c5a5a2293f32b6bcabc37350666f874bc7d8f08130f712a1b32915205c10f2847f04908c20d5f7fdb4b62d058c9defe";

    // A digest with its file's name; anything longer is a page about something else.
    private const long MaxDigestBytes = 1 << 16;

    private readonly string _name = Path.GetFileName(address.IsAbsoluteUri ? address.AbsolutePath : address.OriginalString);

    /// <summary>The Kafka version that the address names.</summary>
    /// <exception cref="ProgramUnavailableException">It is not the address of a release archive that the lab can use.</exception>
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

    /// <summary>Downloads, checks and unpacks the archive below a folder.</summary>
    /// <exception cref="UnreachableSourceException">The server cannot be reached at all.</exception>
    /// <exception cref="ProgramUnavailableException">What it sends is not the archive.</exception>
    public async Task<FetchedPart> FetchAsync(string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var version = Version();
        using Download download = new("Lab:Kafka:ArchiveUrl", limits);
        // The digest first: it is small, and without it the archive would be downloaded in vain.
        progress.Report("fetching the digest");
        var digest = await ExpectedDigestAsync(download, cancellationToken);
        var tree = Path.Combine(work, "tree");
        if (!await download.TreeAsync(address, address.ToString(), digest, tree, progress, cancellationToken))
            throw new ProgramUnavailableException($"{address} does not exist: set Lab:Kafka:ArchiveUrl to where kafka_2.13-X.Y.Z.tgz lies, or KAFKA_HOME to an unpacked Kafka.");
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

/// <summary>Reads the <c>.sha512</c> file that lies beside a release archive, and computes what it should say: 128 hexadecimal digits in lower case.</summary>
internal static class Sha512File
{
    private const int HexDigits = 128;

    /// <summary>Finds the digest of <paramref name="fileName"/> in <paramref name="text"/>; null when there is none or more than one.</summary>
    /// <remarks>
    /// Two forms are in use: <c>sha512sum</c>'s "digest  name", and that of Apache's <c>gpg --print-md</c>, "name: ABCD 1234 ...", broken
    /// into groups of digits over several lines.
    /// </remarks>
    public static string? Parse(string text, string fileName)
    {
        HashSet<string> digests = new(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.Split('\n'))
        {
            // "*" before the name says that sha512sum read the file as binary. A bare digest names no file, so it can only be this one's.
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length is 1 or 2 && IsDigest(words[0]) && (words.Length == 1 || words[1].TrimStart('*') == fileName))
                digests.Add(words[0]);
        }

        if (text.TrimStart() is var rest && rest.StartsWith(fileName + ":", StringComparison.Ordinal))
        {
            var joined = string.Concat(rest[(fileName.Length + 1)..].Where(c => !char.IsWhiteSpace(c)));
            if (IsDigest(joined))
                digests.Add(joined);
        }

        return digests.Count == 1 ? digests.Single().ToLowerInvariant() : null;
    }

    public static async Task<string> OfAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA512.HashDataAsync(stream, cancellationToken));
    }

    private static bool IsDigest(string text) => text.Length == HexDigits && text.All(char.IsAsciiHexDigit);
}
