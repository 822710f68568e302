namespace CdcLab.AppHost.Programs;

/// <summary>
/// apt with a configuration of its own: own sources, lists, cache and an empty list of installed packages, all below one folder. It
/// needs no root and changes nothing of the system. The machine's apt configuration is read before ours, so its proxies and
/// credentials hold; whatever in it would act on the system, or choose other packages, is taken back.
/// </summary>
internal sealed class AptWorkspace
{
    private readonly string _folder;
    private readonly string _configuration;
    private readonly ThrottledProgress _progress;
    private long _doneBytes;
    private long _totalBytes;

    private AptWorkspace(string folder, ThrottledProgress progress)
    {
        _folder = folder;
        _configuration = Path.Combine(folder, "apt.conf");
        _progress = progress;
    }

    // "-c" is read after the machine's configuration; a file named by APT_CONFIG would be read before it.
    private string[] Options => ["-c", _configuration];

    /// <summary>Makes the folder and the configuration in it.</summary>
    public static async Task<AptWorkspace> CreateAsync(
        string folder, AptSource source, IReadOnlyList<string> suites, IReadOnlyList<string> components, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        foreach (var below in (string[])["sources", "lists/partial", "cache/archives/partial", "state", "log", "download"])
            Directory.CreateDirectory(Path.Combine(folder, below));
        var workspace = new AptWorkspace(folder, progress);
        await File.WriteAllTextAsync(Path.Combine(folder, "status"), "", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "sources", "lab.sources"), SourceText(source, suites, components), cancellationToken);
        await File.WriteAllTextAsync(workspace._configuration, ConfigurationText(folder), cancellationToken);
        return workspace;
    }

    /// <summary>Fetches the package lists.</summary>
    /// <returns>What is wrong, in apt's own words; null when they are there.</returns>
    public async Task<string?> UpdateAsync(CancellationToken cancellationToken)
    {
        _progress.Report("reading package lists");
        var result = await Tool.RunAsync(["apt-get"], [.. Options, "update"], _folder, null, cancellationToken);
        return result.ExitCode == 0 ? null : ErrorOf(result);
    }

    /// <summary>Whose lists were fetched.</summary>
    public Task<IReadOnlyList<AptRelease>> ReleasesAsync(CancellationToken cancellationToken) => AptRelease.ListAsync(Options, cancellationToken);

    /// <summary>Looks packages up by name. Names that no package has, such as virtual ones, are left out.</summary>
    public async Task<IReadOnlyDictionary<string, AptPackage>> ShowAsync(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        // It ends with an error when one name is unknown, and shows the others all the same.
        var result = await Tool.RunAsync(["apt-cache"], [.. Options, "show", "--no-all-versions", "--", .. names], _folder, null, cancellationToken);
        var packages = new Dictionary<string, AptPackage>(StringComparer.Ordinal);
        foreach (var package in AptPackage.ParseShow(result.Output))
            packages.TryAdd(package.Name, package);
        return packages;
    }

    /// <summary>Downloads packages, checked by apt against the signed lists, and unpacks each into its own folder.</summary>
    /// <returns>The packages' folders.</returns>
    public async Task<IReadOnlyDictionary<AptPackage, string>> FetchAsync(
        IReadOnlyCollection<AptPackage> packages, Func<AptPackage, string> folderOf, CancellationToken cancellationToken)
    {
        var download = Path.Combine(_folder, "download");
        var size = packages.Sum(package => package.Size);
        _totalBytes += size;
        var result = await Tool.RunAsync(
            ["apt-get"],
            [.. Options, "-o", "APT::Status-Fd=1", "download", "--", .. packages.Select(package => $"{package.Name}={package.Version}")],
            download,
            line => ReportDownload(line, size),
            cancellationToken);
        if (result.ExitCode != 0)
            throw new ProgramUnavailableException($"apt could not download {string.Join(", ", packages.Select(package => package.Name))}: {ErrorOf(result).TrimEnd('.')}.");
        _doneBytes += size;

        var folders = packages.ToDictionary(package => package, folderOf);
        var unpacked = 0L;
        _progress.Report("unpacking", 0, size);
        // Decompression is what takes the time; the big packages go first so that the small ones fill the other core.
        await Parallel.ForEachAsync(
            packages.OrderByDescending(package => package.Size),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount), CancellationToken = cancellationToken },
            async (package, token) =>
            {
                // NAME_VERSION_ARCH.deb, where a colon in the version is written %3a.
                var file = Directory.EnumerateFiles(download, $"{package.Name}_*.deb").Single();
                Directory.CreateDirectory(folders[package]);
                var unpack = await Tool.RunAsync(["dpkg-deb"], ["-x", file, folders[package]], null, null, token);
                if (unpack.ExitCode != 0)
                    throw new ProgramUnavailableException($"dpkg-deb could not unpack {package.Name}: {unpack.FirstError}.");
                File.Delete(file);
                _progress.Report("unpacking", Interlocked.Add(ref unpacked, package.Size), size);
            });
        return folders;
    }

    /// <summary>apt's own last error line. Its last "failed to fetch" says more than the summary after it.</summary>
    internal static string ErrorOf(ToolResult result)
    {
        var errors = result.Error.Where(line => line.StartsWith("E:", StringComparison.Ordinal)).ToList();
        var line = errors.LastOrDefault(error => error.Contains("Failed to fetch", StringComparison.Ordinal) || error.Contains("signatures", StringComparison.Ordinal))
            ?? errors.LastOrDefault(error => !error.Contains("Some index files failed", StringComparison.Ordinal))
            ?? result.LastError;
        return line.StartsWith("E:", StringComparison.Ordinal) ? line[2..].Trim() : line.Trim();
    }

    // "dlstatus:2:10.5932:Retrieving file 2 of 3"
    private void ReportDownload(string line, long size)
    {
        if (line.StartsWith("dlstatus:", StringComparison.Ordinal)
            && line.Split(':') is { Length: >= 3 } fields
            && double.TryParse(fields[2], System.Globalization.CultureInfo.InvariantCulture, out var percent))
            _progress.Report("downloading", _doneBytes + (long)(size * percent / 100), _totalBytes);
    }

    internal static string SourceText(AptSource source, IEnumerable<string> suites, IEnumerable<string> components)
        => $"""
            Types: deb
            URIs: {source.Address}
            Suites: {string.Join(' ', suites)}
            Components: {string.Join(' ', components)}
            Architectures: amd64
            Targets: Packages
            {(source.SignedBy is null ? "" : $"Signed-By: {source.SignedBy}\n")}{(source.IsTrusted ? "Trusted: yes\n" : "")}
            """.ReplaceLineEndings("\n");

    private static string ConfigurationText(string folder)
        => $$"""
            Dir::Etc::sourcelist "/dev/null";
            Dir::Etc::sourceparts "{{folder}}/sources";
            // The machine's pins are about the machine's packages: one may forbid the very suite that is needed here.
            Dir::Etc::preferences "/dev/null";
            Dir::Etc::preferencesparts "/dev/null";
            APT::Default-Release "";
            Dir::State "{{folder}}/state";
            Dir::State::lists "{{folder}}/lists";
            Dir::State::status "{{folder}}/status";
            Dir::Cache "{{folder}}/cache";
            Dir::Cache::archives "archives";
            Dir::Cache::pkgcache "pkgcache.bin";
            Dir::Cache::srcpkgcache "";
            Dir::Log "{{folder}}/log";
            APT::Architecture "amd64";
            #clear APT::Architectures;
            APT::Architectures:: "amd64";
            // The folder belongs to this user: apt's own user could not write into it.
            APT::Sandbox::User "";
            // A hook of the machine would work on the machine's cache.
            #clear APT::Update;
            #clear Binary::apt-get::APT::Update;
            #clear DPkg::Pre-Invoke;
            #clear DPkg::Post-Invoke;
            // Without it apt calls an update without network a success.
            APT::Update::Error-Mode "any";
            Acquire::Check-Valid-Until "false";
            Acquire::Languages "none";
            Acquire::GzipIndexes "false";
            Acquire::Retries "2";
            Acquire::http::Timeout "20";
            Acquire::https::Timeout "20";
            """.ReplaceLineEndings("\n");
}

/// <summary>A package in the archive.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version, as Debian writes it.</param>
/// <param name="IsLibrary">Whether the archive files it under libraries.</param>
/// <param name="Size">Bytes to download.</param>
/// <param name="Depends">What it depends on; each of them any one of several names.</param>
internal sealed record AptPackage(string Name, string Version, bool IsLibrary, long Size, IReadOnlyList<IReadOnlyList<string>> Depends)
{
    /// <summary>The version without the epoch, for names of folders.</summary>
    public string VersionWithoutEpoch => Version[(Version.IndexOf(':') + 1)..];

    /// <summary>Reads the output of <c>apt-cache show</c>.</summary>
    public static IEnumerable<AptPackage> ParseShow(IEnumerable<string> lines)
        => from stanza in Deb822.Parse(lines)
           where stanza.ContainsKey("Package") && stanza.ContainsKey("Version")
           select new AptPackage(
               stanza["Package"],
               stanza["Version"],
               // "libs", and in Ubuntu also "universe/libs".
               stanza.TryGetValue("Section", out var section) && section.Split('/')[^1] is "libs" or "oldlibs",
               stanza.TryGetValue("Size", out var size) && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : 0,
               [.. Dependencies(stanza, "Pre-Depends"), .. Dependencies(stanza, "Depends")]);

    private static IEnumerable<IReadOnlyList<string>> Dependencies(IReadOnlyDictionary<string, string> stanza, string field)
        => stanza.TryGetValue(field, out var value)
            ? value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(alternatives => alternatives.Split('|').Select(NameOf).ToList())
            : [];

    // "perl:any (>= 5.36)" is about perl.
    private static string NameOf(string dependency) => dependency.Trim().Split(' ', '(', ':', '[')[0];
}
