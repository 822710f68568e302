namespace CdcLab.AppHost.Programs;

/// <summary>Fetches a headless Java runtime from the distribution's archive.</summary>
/// <remarks>
/// It runs on the machine's own C library, since it comes from the machine's own suite or an older one, and not by a loader of its own:
/// java finds its files by the path of the program that runs, which would be the loader. Of the libraries it needs, this process (.NET)
/// needs all but zlib itself; zlib is laid beside the runtime's libraries, where they look first.
/// </remarks>
internal static class JavaPackages
{
    private const string RuntimePackage = "openjdk-17-jre-headless";
    private const string ZlibPackage = "zlib1g";
    private const string Zlib = "libz.so.1";

    /// <summary>The suite of Debian that carries Java 17; later ones run it too.</summary>
    private const string DebianSuite = "bookworm";

    /// <summary>Fetches and unpacks it below <paramref name="work"/>.</summary>
    /// <exception cref="ProgramUnavailableException">It cannot be fetched, or what was fetched does not start.</exception>
    public static async Task<FetchedPart> FetchAsync(string work, Func<string, string?> environment, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        var archive = await AptArchive.ReadMachineAsync(environment, cancellationToken);
        var (apt, distribution) = await archive.OpenAsync(Path.Combine(work, "own"), null, progress, cancellationToken);
        var found = await apt.ShowAsync([RuntimePackage, ZlibPackage], cancellationToken);
        if (!found.ContainsKey(RuntimePackage) && distribution == Distribution.Debian)
        {
            (apt, distribution) = await archive.OpenAsync(Path.Combine(work, DebianSuite), DebianSuite, progress, cancellationToken);
            found = await apt.ShowAsync([RuntimePackage, ZlibPackage], cancellationToken);
        }

        if (!found.TryGetValue(RuntimePackage, out var runtime) || !found.TryGetValue(ZlibPackage, out var zlib))
            throw new ProgramUnavailableException($"{distribution.Origin}'s archive has no {RuntimePackage}: install a Java ({JavaVersion.Oldest} to {JavaVersion.Newest}), or set JAVA_HOME to one.");

        var tree = Path.Combine(work, "tree");
        var zlibTree = Path.Combine(work, "zlib");
        await apt.FetchAsync([runtime, zlib], package => package == runtime ? tree : zlibTree, cancellationToken);
        TreeLinks.Rebase(tree);
        var home = Home(tree) ?? throw new ProgramUnavailableException($"{runtime.Name} {runtime.Version} contains no java: set JAVA_HOME to a Java ({JavaVersion.Oldest} to {JavaVersion.Newest}).");
        var library = Directory.EnumerateFiles(zlibTree, Zlib, SearchOption.AllDirectories).First();
        File.Copy(File.ResolveLinkTarget(library, returnFinalTarget: true)?.FullName ?? library, Path.Combine(home, "lib", Zlib));

        var program = Path.Combine(home, "bin", "java");
        if (await JavaSource.VersionOfAsync(program, cancellationToken) is null)
            throw new ProgramUnavailableException($"{runtime.Name} {runtime.Version} does not start on this machine: set JAVA_HOME to a Java ({JavaVersion.Oldest} to {JavaVersion.Newest}).");
        return new FetchedPart(
            tree, runtime.VersionWithoutEpoch, $"{distribution.Origin}'s {runtime.Name} {runtime.Version}", [$"{runtime.Name} {runtime.Version}", $"{zlib.Name} {zlib.Version}"]);
    }

    /// <summary>The runtime's folder below a tree of unpacked packages; null when there is none.</summary>
    public static string? Home(string tree)
    {
        var all = Path.Combine(tree, "usr", "lib", "jvm");
        // The packages also lay a link beside it, under an older name.
        return Directory.Exists(all)
            ? new DirectoryInfo(all).EnumerateDirectories().FirstOrDefault(home => home.LinkTarget is null && Tool.IsExecutable(Path.Combine(home.FullName, "bin", "java")))?.FullName
            : null;
    }
}
