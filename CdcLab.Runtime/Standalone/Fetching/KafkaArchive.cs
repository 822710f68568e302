namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Fetches Kafka's release archive and unpacks it.</summary>
internal sealed class KafkaArchive(Uri address, DownloadLimits limits, TimeProvider time)
{
    private readonly string _name = Path.GetFileName(address.IsAbsoluteUri ? address.AbsolutePath : address.OriginalString);

    /// <summary>The Kafka version that the address names.</summary>
    /// <exception cref="UnavailableException">It is not the address of a release archive that the lab can use.</exception>
    public string Version()
    {
        if (address is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw new UnavailableException($"Lab:Kafka:ArchiveUrl is {address}: it must be an http or https address.");
        var version = KafkaDistribution.VersionOfArchive(_name)
            ?? throw new UnavailableException($"Lab:Kafka:ArchiveUrl is {address}: it must end in a name like kafka_2.13-{FetchVersions.KafkaVersion}.tgz.");
        return KafkaDistribution.VersionFault(version) is { } fault
            ? throw new UnavailableException($"Lab:Kafka:ArchiveUrl, {address}, {fault}.")
            : version;
    }

    /// <summary>Downloads, checks and unpacks the archive below <paramref name="work"/>.</summary>
    /// <exception cref="UnreachableException">The server cannot be reached at all.</exception>
    /// <exception cref="UnavailableException">What it sends is not the archive.</exception>
    public async Task<FetchedPart> FetchAsync(string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var version = Version();
        using var download = new Download("Lab:Kafka:ArchiveUrl", limits, time);
        // The digest first: it is small, and without it the archive would be downloaded in vain.
        var expected = await ExpectedDigestAsync(download, work, progress, cancellationToken);
        var archive = Path.Combine(work, "archive.tgz");
        try
        {
            await download.FileAsync(address, archive, "downloading", progress, cancellationToken);
        }
        catch (NoSuchFileException)
        {
            throw new UnavailableException($"{address} does not exist: set Lab:Kafka:ArchiveUrl to where kafka_2.13-X.Y.Z.tgz lies, or KAFKA_HOME to an unpacked Kafka.");
        }

        progress.Report("checking");
        var actual = await Sha512File.OfAsync(archive, cancellationToken);
        if (actual != expected)
        {
            throw new UnavailableException(
                $"{address} has the wrong SHA-512, {actual[..16]}... instead of {expected[..16]}...: it was changed or damaged on its way, and is not used.");
        }

        var tree = Path.Combine(work, "tree");
        try
        {
            await TarUnpacker.UnpackAsync(archive, tree, progress, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new UnavailableException($"{address} cannot be unpacked: {e.Message.TrimEnd('.')}.");
        }

        var found = KafkaDistribution.ReadVersion(tree, out var fault) ?? throw new UnavailableException($"What {address} unpacks to {fault}.");
        if (found != version)
            throw new UnavailableException($"{address} contains Kafka {found}, not what its name says.");
        return new FetchedPart(tree, version, address.ToString(), [$"{_name} sha512 {actual}"]);
    }

    private async Task<string> ExpectedDigestAsync(Download download, string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        // Another address may serve another build of the same version (a mirror of one's own): then the digest beside it counts.
        if (address == new Uri(FetchVersions.KafkaArchiveUrl))
            return FetchVersions.KafkaArchiveSha512;
        var beside = new Uri(address.GetLeftPart(UriPartial.Path) + ".sha512" + address.Query);
        var text = await download.TextAsync(beside, Path.Combine(work, "archive.sha512"), progress, cancellationToken)
            ?? throw new UnavailableException($"{beside} does not exist: the archive's digest must lie beside it, as it does in Apache's archive.");
        return Sha512File.Parse(text, _name) ?? throw new UnavailableException($"{beside} holds no single SHA-512 of {_name}.");
    }
}
