namespace CdcLab.AppHost.Programs;

/// <summary>apt with a configuration of its own, all below one folder: it needs no root and changes nothing of the system. The machine's is read before
/// ours, so its proxies and credentials hold; whatever in it would act on the system, or choose other packages, is taken back.</summary>
internal sealed class Apt
{
    private const string WhatToSet = "set MYSQL_HOME to an unpacked MySQL, and JAVA_HOME to a Java (11 to 21)";

    // Perl is for scripts that are never started: apt is told that it is there.
    private const string Installed =
        "Package: perl\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: allowed\nVersion: 99\nMaintainer: none\nDescription: none\n\n";

    private readonly string _folder;
    private readonly PartProgress _progress;

    private Apt(string folder, string origin, PartProgress progress)
    {
        _folder = folder;
        _progress = progress;
        Origin = origin;
    }

    // Debian or Ubuntu; the latter was never run, as none was at hand.
    public string Origin { get; }

    // "-c" is read after the machine's configuration; a file named by APT_CONFIG would be read before it.
    private string[] Options => ["-c", Path.Combine(_folder, "apt.conf")];

    /// <summary>Finds, among the machine's sources, the distribution's own archive, and fetches the package lists of <paramref name="debianSuite"/>;
    /// of the machine's own suite where it is null, and always on Ubuntu.</summary>
    public static async Task<Apt> OpenAsync(
        string folder, string? debianSuite, Func<string, string?> environment, PartProgress progress, CancellationToken cancellationToken)
    {
        foreach (var tool in (string[])["apt-get", "apt-cache", "dpkg-deb"])
        {
            if (Tool.Find(tool, environment) is null)
                throw new ProgramUnavailableException($"There is no {tool} on this machine, so nothing can be fetched from Debian or Ubuntu: {WhatToSet}.");
        }

        progress.Report("reading package lists");
        var isUbuntu = File.Exists("/etc/os-release") && IsUbuntuRelease(await File.ReadAllLinesAsync("/etc/os-release", cancellationToken));
        var origin = isUbuntu ? "Ubuntu" : "Debian";
        string? fault = null;
        var targets = await AptTarget.ListAsync(["--no-release-info"], cancellationToken);
        foreach (var source in AptSource.Candidates(targets, await AptTarget.ListAsync([], cancellationToken), origin))
        {
            Apt apt = new(Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("n"))).FullName, origin, progress);
            IReadOnlyList<string> suites = isUbuntu ? UbuntuSuites(source) : [debianSuite ?? source.BaseSuite!];
            await apt.WriteAsync(SourceText(source, suites, isUbuntu ? ["main", "universe"] : ["main"]), cancellationToken);
            var update = await Tool.RunAsync(["apt-get"], [.. apt.Options, "update"], apt._folder, null, cancellationToken);
            if (update.ExitCode != 0)
                fault ??= ErrorOf(update);
            // Only the signed Release file tells whose archive it is; a third party's may use the same names of suites.
            else if ((await AptTarget.ListAsync(apt.Options, cancellationToken)).Any(target => target.Origin == origin && target.Label == origin))
                return apt;
            else
                fault ??= $"{source.Address} is not {origin}'s own archive";
        }

        throw new ProgramUnavailableException(fault is null
            ? $"The machine's apt sources name no archive of {origin}: {WhatToSet}."
            : $"Nothing can be fetched by apt: {fault.TrimEnd('.')}. See to the network or the proxy, or {WhatToSet}.");
    }

    public async Task<bool> HasAsync(string name, CancellationToken cancellationToken)
        => (await Tool.RunAsync(["apt-cache"], [.. Options, "pkgnames", name], _folder, null, cancellationToken)).Output.Contains(name);

    // With what they depend on ("install") or alone ("download").
    public async Task<IReadOnlyList<AptPackage>> ListAsync(string command, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var result = await Tool.RunAsync(["apt-get"], [.. Options, "-qq", "--print-uris", command, "--", .. names], _folder, null, cancellationToken);
        return result.ExitCode == 0
            ? [.. result.Output.Select(AptPackage.Parse).OfType<AptPackage>()]
            : throw new ProgramUnavailableException(
                $"{Origin}'s archive does not have all of {string.Join(", ", names)} ({ErrorOf(result).TrimEnd('.')}): try again later, or {WhatToSet}.");
    }

    // apt checks what it downloads against the signed lists.
    public async Task FetchAsync(IReadOnlyCollection<AptPackage> packages, Func<AptPackage, string> folderOf, CancellationToken cancellationToken)
    {
        var download = Directory.CreateDirectory(Path.Combine(_folder, "download")).FullName;
        var size = packages.Sum(package => package.Size);
        var result = await Tool.RunAsync(
            ["apt-get"],
            [.. Options, "-o", "APT::Status-Fd=1", "download", "--", .. packages.Select(package => $"{package.Name}={package.Version}")],
            download,
            line => ReportDownload(line, size),
            cancellationToken);
        if (result.ExitCode != 0)
            throw new ProgramUnavailableException($"apt could not download {string.Join(", ", packages)}: {ErrorOf(result).TrimEnd('.')}.");

        _progress.Report("unpacking");
        // Decompression is what takes the time; the big packages go first so that the small ones fill the other core.
        await Parallel.ForEachAsync(
            packages.OrderByDescending(package => package.Size),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Min(4, Environment.ProcessorCount), CancellationToken = cancellationToken },
            async (package, token) =>
            {
                var file = Path.Combine(download, package.File);
                var unpack = await Tool.RunAsync(["dpkg-deb"], ["-x", file, Directory.CreateDirectory(folderOf(package)).FullName], null, null, token);
                if (unpack.ExitCode != 0)
                    throw new ProgramUnavailableException($"dpkg-deb could not unpack {package.Name}: {string.Join(' ', unpack.Error)}.");
                File.Delete(file);
            });
    }

    internal static bool IsUbuntuRelease(IEnumerable<string> osRelease)
        => osRelease.Any(line => line.Split('=', 2) is [("ID" or "ID_LIKE"), var value] && value.Trim('"', '\'').Split(' ').Contains("ubuntu"));

    internal static IReadOnlyList<string> UbuntuSuites(AptSource source)
        => [.. ((string[])["", "-updates", "-security"]).Select(pocket => source.BaseSuite + pocket).Where(source.Suites.Contains)];

    // Its last "failed to fetch" says more than the summary after it.
    internal static string ErrorOf(ToolResult result)
    {
        var errors = result.Error.Where(line => line.StartsWith("E:", StringComparison.Ordinal)).ToList();
        string[] telling = ["Failed to fetch", "signatures"];
        var line = errors.LastOrDefault(error => telling.Any(error.Contains))
            ?? errors.LastOrDefault(error => !error.Contains("Some index files failed", StringComparison.Ordinal))
            ?? result.LastError;
        return line.StartsWith("E:", StringComparison.Ordinal) ? line[2..].Trim() : line.Trim();
    }

    internal static string SourceText(AptSource source, IEnumerable<string> suites, IEnumerable<string> components)
        => $"""
            Types: deb
            URIs: {source.Address}
            Suites: {string.Join(' ', suites)}
            Components: {string.Join(' ', components.Where(source.Components.Contains))}
            Architectures: amd64
            Targets: Packages
            {source.KeyFields}
            """.ReplaceLineEndings("\n");

    // "dlstatus:2:10.5932:Retrieving file 2 of 3"
    private void ReportDownload(string line, long size)
    {
        if (line.Split(':') is ["dlstatus", _, var percent, ..] && double.TryParse(percent, CultureInfo.InvariantCulture, out var done))
            _progress.Report("downloading", (long)(size * done / 100), size);
    }

    private async Task WriteAsync(string source, CancellationToken cancellationToken)
    {
        foreach (var below in (string[])["sources", "lists/partial", "cache/archives/partial", "state"])
            Directory.CreateDirectory(Path.Combine(_folder, below));
        await File.WriteAllTextAsync(Path.Combine(_folder, "status"), Installed, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "sources", "lab.sources"), source, cancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "apt.conf"),
            $$"""
            Dir::Etc::sourcelist "/dev/null";
            Dir::Etc::sourceparts "{{_folder}}/sources";
            // The machine's pins are about the machine's packages: one may forbid the very suite that is needed here.
            Dir::Etc::preferences "/dev/null";
            Dir::Etc::preferencesparts "/dev/null";
            APT::Default-Release "";
            APT::Install-Recommends "false";
            APT::Install-Suggests "false";
            Dir::State "{{_folder}}/state";
            Dir::State::lists "{{_folder}}/lists";
            Dir::State::status "{{_folder}}/status";
            Dir::Cache "{{_folder}}/cache";
            Dir::Cache::pkgcache "pkgcache.bin";
            Dir::Cache::srcpkgcache "";
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
            #clear DPkg::Pre-Install-Pkgs;
            // Without it apt calls an update without network a success.
            APT::Update::Error-Mode "any";
            Acquire::Check-Valid-Until "false";
            Acquire::Languages "none";
            Acquire::GzipIndexes "false";
            Acquire::Retries "2";
            Acquire::http::Timeout "20";
            Acquire::https::Timeout "20";
            """,
            cancellationToken);
    }
}

internal sealed record AptPackage(string Name, string Version, string File, long Size)
{
    public string VersionWithoutEpoch => Version[(Version.IndexOf(':') + 1)..];

    public override string ToString() => $"{Name} {Version}";

    // A line of apt-get --print-uris: 'ADDRESS' NAME_VERSION_ARCHITECTURE.deb SIZE DIGEST
    public static AptPackage? Parse(string line)
        => line.Split(' ') is [['\'', ..], var file, var size, ..] && file.Split('_') is [var name, var version, _]
            && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            // The colon after an epoch is written %3a.
            ? new(name, Uri.UnescapeDataString(version), file, bytes)
            : null;
}
