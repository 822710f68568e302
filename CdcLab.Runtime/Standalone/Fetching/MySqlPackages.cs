using CdcLab.Runtime.Standalone.Fetching.Apt;

namespace CdcLab.Runtime.Standalone.Fetching;

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
    /// <exception cref="UnavailableException">It cannot be fetched, or what was fetched does not start.</exception>
    public static async Task<FetchedPart> FetchAsync(string work, Func<string, string?> environment, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var archive = await AptArchive.ReadMachineAsync(environment, cancellationToken);
        var (apt, distribution) = await archive.OpenAsync(work, DebianSuite, progress, cancellationToken);
        var found = await apt.ShowAsync([.. Series.SelectMany(series => new[] { ServerPackage + series, ClientPackage + series })], cancellationToken);
        var chosen = Series.FirstOrDefault(series => found.ContainsKey(ServerPackage + series) && found.ContainsKey(ClientPackage + series))
            ?? throw new UnavailableException($"{distribution.Origin}'s archive has no {ServerPackage} at the moment: set MYSQL_HOME to an unpacked MySQL (8.0 or later).");
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
        var command = MySqlDistribution.ServerCommand(tree) ?? throw new UnavailableException($"{server.Name} {server.Version} contains no mysqld: set MYSQL_HOME to an unpacked MySQL (8.0 or later).");
        var result = await Tool.RunAsync(command, ["--no-defaults", "--version"], null, null, cancellationToken);
        if (result.ExitCode != 0)
            throw new UnavailableException($"{server.Name} {server.Version} does not start on this machine: {result.LastError}. Try again later, or set MYSQL_HOME to an unpacked MySQL (8.0 or later).");
    }
}
