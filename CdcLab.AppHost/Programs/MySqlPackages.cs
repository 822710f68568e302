namespace CdcLab.AppHost.Programs;

/// <summary>Fetches MySQL from the distribution's archive: the server, its client, and the libraries that they need, in one tree.</summary>
internal static class MySqlPackages
{
    // Stable Debian has MariaDB in its place, which is not MySQL.
    private const string DebianSuite = "sid";
    private const string ServerPackage = "mysql-server-core";
    private const string ClientPackage = "mysql-client-core";

    /// <summary>Ubuntu names the packages after their series; the plain name wins where it exists.</summary>
    private static readonly string[] Series = ["", "-8.4", "-8.0"];

    /// <summary>Fetches and unpacks it below <paramref name="work"/>.</summary>
    /// <exception cref="ProgramUnavailableException">It cannot be fetched, or what was fetched does not start.</exception>
    public static async Task<FetchedPart> FetchAsync(string work, Func<string, string?> environment, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var archive = await AptArchive.ReadMachineAsync(environment, cancellationToken);
        var (apt, distribution) = await archive.OpenAsync(work, DebianSuite, progress, cancellationToken);
        var found = await apt.ShowAsync([.. Series.SelectMany(series => new[] { ServerPackage + series, ClientPackage + series })], cancellationToken);
        var chosen = Series.FirstOrDefault(series => found.ContainsKey(ServerPackage + series) && found.ContainsKey(ClientPackage + series))
            ?? throw new ProgramUnavailableException($"{distribution.Origin}'s archive has no {ServerPackage} at the moment: set MYSQL_HOME to an unpacked MySQL (8.0 or later).");
        AptPackage[] own = [found[ServerPackage + chosen], found[ClientPackage + chosen]];

        var tree = Path.Combine(work, "tree");
        await apt.FetchAsync(own, _ => tree, cancellationToken);
        var programs = ((string[])["usr/sbin", "usr/bin"]).Select(folder => Path.Combine(tree, folder)).Where(Directory.Exists).SelectMany(Directory.EnumerateFiles);
        var closure = new LibraryClosure(apt, Path.Combine(work, "libraries"));
        var libraries = await closure.ResolveAsync(programs, own, cancellationToken);
        await Task.Run(() => Collect(libraries, Path.Combine(tree, "lib")), cancellationToken);
        TreeLinks.Rebase(tree);
        RemoveDocumentation(tree);

        var server = own[0];
        await TryStartAsync(tree, server, cancellationToken);
        return new FetchedPart(
            tree,
            server.VersionWithoutEpoch,
            $"{distribution.Origin}'s {server.Name} {server.Version}",
            [.. own.Concat(closure.Packages).Select(package => $"{package.Name} {package.Version}").Order(StringComparer.Ordinal)]);
    }

    // Each library lies under the name by which it is needed, in one folder: the loader finds it at the first look.
    private static void Collect(IReadOnlyDictionary<string, string> libraries, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, file) in libraries)
            File.Move(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file, Path.Combine(folder, name));
    }

    private static void RemoveDocumentation(string tree)
    {
        foreach (var folder in (string[])["usr/share/man", "usr/share/lintian"])
        {
            if (Directory.Exists(Path.Combine(tree, folder)))
                Directory.Delete(Path.Combine(tree, folder), recursive: true);
        }
    }

    // An unfinished transition in sid may leave a server that does not start: better seen here than in the lab.
    private static async Task TryStartAsync(string tree, AptPackage server, CancellationToken cancellationToken)
    {
        var command = MySqlDistribution.ServerCommand(tree) ?? throw new ProgramUnavailableException($"{server.Name} {server.Version} contains no mysqld: set MYSQL_HOME to an unpacked MySQL (8.0 or later).");
        var result = await Tool.RunAsync(command, ["--no-defaults", "--version"], null, null, cancellationToken);
        if (result.ExitCode != 0)
            throw new ProgramUnavailableException($"{server.Name} {server.Version} does not start on this machine: {result.LastError}. Try again later, or set MYSQL_HOME to an unpacked MySQL (8.0 or later).");
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
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (var link in new DirectoryInfo(root).EnumerateFileSystemInfos("*", options).Where(entry => entry.LinkTarget is not null).ToList())
        {
            var target = link.LinkTarget!;
            if (!Path.IsPathRooted(target))
                continue;
            link.Delete();
            var inside = Path.Combine(root, target.TrimStart('/'));
            if (Path.Exists(inside))
                File.CreateSymbolicLink(link.FullName, Path.GetRelativePath(Path.GetDirectoryName(link.FullName)!, inside));
        }
    }
}
