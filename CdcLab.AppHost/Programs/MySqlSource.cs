namespace CdcLab.AppHost.Programs;

/// <summary>Finds MySQL on this machine, or fetches server, client and their libraries from the distribution's archive once.</summary>
internal sealed class MySqlSource(ProgramCache cache, Func<string, string?> environment)
{
    private const string Part = "mysql";
    private const string HomeVariable = "MYSQL_HOME";
    private const string WhatToDo = "set it to an unpacked MySQL (8.0 or later), or unset it to have one fetched";
    private const string SetHome = "set MYSQL_HOME to an unpacked MySQL (8.0 or later)";
    private const string ServerPackage = "mysql-server-core";
    private const string ClientPackage = "mysql-client-core";

    // Stable Debian has MariaDB in its place, which is not MySQL.
    private const string DebianSuite = "sid";

    private static readonly Version Oldest = new(8, 0);

    /// <exception cref="ProgramUnavailableException">It cannot be found or fetched; the message says what to do.</exception>
    public async Task<MySqlProgram> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        if (environment(HomeVariable) is { Length: > 0 } home)
            return await AtHomeAsync(home, cancellationToken);
        // The loader takes a list of folders with colons between them, and knows no way to quote one.
        if (cache.Root.Contains(':', StringComparison.Ordinal) || cache.Root.Contains(';', StringComparison.Ordinal))
            throw new ProgramUnavailableException($"The cache folder, {cache.Root}, has a colon or semicolon in its name, which MySQL's loader cannot take: set XDG_CACHE_HOME to another folder.");

        ThrottledProgress throttled = new(Part, progress, TimeProvider.System);
        var part = await cache.GetAsync(Part, manifest => manifest.Number >= Oldest, (work, token) => FetchAsync(work, throttled, token), throttled, cancellationToken);
        return MySqlDistribution.Read(part.Folder, part.Manifest.Number, part.Manifest.Origin, out var fault)
            ?? throw new ProgramUnavailableException($"{part.Folder} {fault}: remove it, then try again.");
    }

    /// <summary>What is wrong with <c>MYSQL_HOME</c>, as far as a look at its files tells; null when nothing is, or it is not set.</summary>
    public static string? HomeFault(Func<string, string?> environment)
        => environment(HomeVariable) is { Length: > 0 } home && MySqlDistribution.Read(Folder(home), Oldest, HomeVariable, out var fault) is null
            ? $"{HomeVariable}, {home}, {fault}: {WhatToDo}."
            : null;

    private static string Folder(string home) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(home));

    private static async Task<MySqlProgram> AtHomeAsync(string home, CancellationToken cancellationToken)
    {
        if (MySqlDistribution.ServerCommand(Folder(home)) is not { } command)
            throw new ProgramUnavailableException($"{HomeVariable}, {home}, {(Directory.Exists(home) ? "has neither bin/mysqld nor usr/sbin/mysqld" : "is no folder")}: {WhatToDo}.");
        var result = await Tool.RunAsync(command, ["--no-defaults", "--version"], null, null, cancellationToken);
        var said = string.Join(' ', result.Output);
        var version = ServerVersion(said);
        var fault = result.ExitCode != 0 ? $"has a mysqld that does not start ({result.LastError})"
            : said.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) ? "is MariaDB, which is not MySQL"
            : version is null || version < Oldest ? $"is not MySQL 8.0 or later ({said})"
            : null;
        return fault is null && MySqlDistribution.Read(Folder(home), version!, HomeVariable, out fault) is { } found
            ? found
            : throw new ProgramUnavailableException($"{HomeVariable}, {home}, {fault}: {WhatToDo}.");
    }

    /// <summary>The version in what <c>mysqld --version</c> says: "/usr/sbin/mysqld  Ver 8.0.36-0ubuntu0.22.04.1 for Linux on x86_64 ((Ubuntu))".</summary>
    private static Version? ServerVersion(string said)
        => said.IndexOf("Ver ", StringComparison.Ordinal) is >= 0 and var at ? VersionText.Number(said[(at + 4)..]) : null;

    private async Task<FetchedPart> FetchAsync(string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var apt = await Apt.OpenAsync(work, DebianSuite, environment, progress, cancellationToken);
        // Ubuntu names the packages after their series; the plain name wins where it exists.
        string? chosen = null;
        foreach (var series in (string[])["-8.0", "-8.4", ""])
            chosen = await apt.HasAsync(ServerPackage + series, cancellationToken) && await apt.HasAsync(ClientPackage + series, cancellationToken) ? series : chosen;
        if (chosen is null)
            throw new ProgramUnavailableException($"{apt.Origin}'s archive has no {ServerPackage} at the moment: {SetHome}.");

        var packages = await apt.ListAsync("install", [ServerPackage + chosen, ClientPackage + chosen], cancellationToken);
        var tree = Path.Combine(work, "tree");
        var others = Path.Combine(work, "others");
        await apt.FetchAsync(packages, package => package.Name == ServerPackage + chosen || package.Name == ClientPackage + chosen ? tree : others, cancellationToken);
        await CollectLibrariesAsync(others, tree, cancellationToken);
        TreeLinks.Rebase(tree);
        foreach (var documentation in (string[])["usr/share/man", "usr/share/lintian"])
        {
            if (Directory.Exists(Path.Combine(tree, documentation)))
                Directory.Delete(Path.Combine(tree, documentation), recursive: true);
        }

        // An unfinished transition in sid may leave a server that does not start: better seen here than in the lab.
        var server = packages.Single(package => package.Name == ServerPackage + chosen);
        var result = await Tool.RunAsync(MySqlDistribution.ServerCommand(tree)!, ["--no-defaults", "--version"], null, null, cancellationToken);
        return result.ExitCode == 0
            ? new FetchedPart(tree, server.VersionWithoutEpoch, $"{apt.Origin}'s {server}", [.. packages.Select(package => package.ToString()).Order(StringComparer.Ordinal)])
            : throw new ProgramUnavailableException($"{server} does not start on this machine: {result.LastError}. Try again later, or {SetHome}.");
    }

    // Each library lies under the name by which it is needed, in one folder: the loader finds it at the first look.
    private static async Task CollectLibrariesAsync(string packages, string tree, CancellationToken cancellationToken)
    {
        var folders = ((string[])["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib"]).Select(folder => Path.Combine(packages, folder)).ToList();
        var loader = folders.Select(folder => Path.Combine(folder, MySqlDistribution.Loader)).FirstOrDefault(File.Exists)
            ?? throw new ProgramUnavailableException($"libc6, as fetched by apt, contains no {MySqlDistribution.Loader}: {SetHome}.");
        Dictionary<string, string> libraries = new() { [MySqlDistribution.Loader] = loader };
        // What the lab starts. The client's package holds many more programs, and scripts.
        foreach (var program in (string[])["usr/sbin/mysqld", "usr/bin/mysql"])
        {
            foreach (var (name, file) in await LibrariesOfAsync(Path.Combine(tree, program), loader, folders, cancellationToken))
                libraries[name] = file;
        }

        var lib = Directory.CreateDirectory(Path.Combine(tree, "lib")).FullName;
        foreach (var (name, file) in libraries)
            File.Copy(file, Path.Combine(lib, name));
    }

    /// <summary>Asks the loader for the libraries of a program, and for those that they need: their files by the names by which they are needed.</summary>
    /// <exception cref="ProgramUnavailableException">One of them is in none of the folders, or the loader cannot read the program.</exception>
    internal static async Task<IReadOnlyDictionary<string, string>> LibrariesOfAsync(string program, string loader, IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        // The mask: no copies for newer processors, for the cache may be copied to a machine with an older one.
        var result = await Tool.RunAsync(
            [loader], ["--inhibit-cache", "--glibc-hwcaps-mask", "", "--library-path", string.Join(':', folders), "--list", program], null, null, cancellationToken);
        if (result.ExitCode != 0)
            throw new ProgramUnavailableException($"{Path.GetFileName(program)}, as fetched by apt, cannot be loaded: {result.LastError}. Try again later, or {SetHome}.");
        // "libz.so.1 => /folder/libz.so.1 (0x00007f278a1f000)" or "libz.so.1 => not found"
        var found = result.Output.Select(line => line.Trim().Split(" => ")).Where(line => line.Length == 2)
            .ToDictionary(line => Path.GetFileName(line[0]), line => line[1].Split(" (0x")[0]);
        // After the folders the loader looks into the machine's own (seen), which another machine need not have.
        var missing = found.Where(library => !folders.Contains(Path.GetDirectoryName(library.Value))).Select(library => library.Key).Order(StringComparer.Ordinal).ToList();
        return missing.Count == 0
            ? found
            : throw new ProgramUnavailableException($"{string.Join(", ", missing)}, needed by {Path.GetFileName(program)}, is in none of the packages that it depends on: this suite is broken at the moment, try again later or {SetHome}.");
    }
}

/// <summary>Mends the links of packages that were unpacked below a folder instead of at the root of the system.</summary>
internal static class TreeLinks
{
    /// <summary>
    /// Makes each absolute link below <paramref name="root"/> relative when its target is below it too, and removes it when it is not:
    /// it would lead to a file of the machine that only happens to have the name.
    /// </summary>
    public static void Rebase(string root)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (var link in new DirectoryInfo(root).EnumerateFileSystemInfos("*", options).Where(entry => Path.IsPathRooted(entry.LinkTarget)).ToList())
        {
            var inside = Path.Combine(root, link.LinkTarget!.TrimStart('/'));
            link.Delete();
            if (Path.Exists(inside))
                File.CreateSymbolicLink(link.FullName, Path.GetRelativePath(Path.GetDirectoryName(link.FullName)!, inside));
        }
    }
}
