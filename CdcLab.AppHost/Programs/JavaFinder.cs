using System.Text.RegularExpressions;

namespace CdcLab.AppHost.Programs;

/// <summary>A Java that Kafka and ZooKeeper run on. Its origin is for people: "JAVA_HOME", "PATH" or the package and its version.</summary>
internal sealed record JavaProgram(string Path, int Major, string Origin);

/// <summary>Finds a Java that Kafka runs on (11 to 21) on this machine, or fetches the headless runtime of the distribution's archive once.</summary>
/// <remarks>What is fetched runs on the machine's own C library, since it comes from the machine's own suite or an older one, and not by a loader of its own:
/// java finds its files by the path of the program that runs, which would be the loader. Of the libraries it needs, this process (.NET)
/// needs all but zlib itself; zlib is laid beside the runtime's libraries, where they look first.</remarks>
internal sealed partial class JavaFinder(ProgramCache cache, Func<string, string?> environment)
{
    private const string Part = "java";
    private const string RuntimePackage = "openjdk-17-jre-headless";
    private const string ZlibPackage = "zlib1g";
    private const string Zlib = "libz.so.1";
    private const string WhatToSet = "set JAVA_HOME to a Java (11 to 21)";

    // It carries Java 17; later ones run it too.
    private const string DebianSuite = "bookworm";

    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(20);

    public async Task<JavaProgram> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        // One that is too old or too new is passed over: people set JAVA_HOME for other programs.
        foreach (var (program, origin) in Installed())
        {
            if (await VersionOfAsync(program, cancellationToken) is { } version && WillDo(version))
                return new JavaProgram(program, version, origin);
        }

        PartProgress throttled = new(Part, progress);
        var part = await cache.GetAsync(Part, _ => true, (work, token) => FetchAsync(work, throttled, token), throttled, cancellationToken);
        return Home(part.Folder) is { } home
            ? new JavaProgram(Path.Combine(home, "bin", "java"), part.Manifest.Number.Major, part.Manifest.Origin)
            : throw new ProgramUnavailableException($"{part.Folder} contains no java: remove it, then try again.");
    }

    private async Task<FetchedPart> FetchAsync(string work, PartProgress progress, CancellationToken cancellationToken)
    {
        var apt = await Apt.OpenAsync(work, null, environment, progress, cancellationToken);
        if (!await apt.HasAsync(RuntimePackage, cancellationToken) && apt.Origin == "Debian")
            apt = await Apt.OpenAsync(work, DebianSuite, environment, progress, cancellationToken);
        var packages = await apt.ListAsync("download", [RuntimePackage, ZlibPackage], cancellationToken);
        var tree = Path.Combine(work, "tree");
        await apt.FetchAsync(packages, _ => tree, cancellationToken);
        TreeLinks.Rebase(tree);

        var runtime = packages.Single(package => package.Name == RuntimePackage);
        var home = Home(tree) ?? throw new ProgramUnavailableException($"{runtime} contains no java: {WhatToSet}.");
        var library = Directory.EnumerateFiles(tree, Zlib, SearchOption.AllDirectories).First();
        File.Copy(File.ResolveLinkTarget(library, returnFinalTarget: true)?.FullName ?? library, Path.Combine(home, "lib", Zlib));
        return await VersionOfAsync(Path.Combine(home, "bin", "java"), cancellationToken) is null
            ? throw new ProgramUnavailableException($"{runtime} does not start on this machine: {WhatToSet}.")
            : new FetchedPart(tree, runtime.VersionWithoutEpoch, $"{apt.Origin}'s {runtime}", [.. packages.Select(package => package.ToString())]);
    }

    private static async Task<int?> VersionOfAsync(string program, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerDeadline);
        try
        {
            var result = await Tool.RunAsync([program], ["-version"], null, null, deadline.Token);
            return result.ExitCode == 0 ? Major(string.Join('\n', result.Error.Concat(result.Output))) : null;
        }
        catch (Exception e) when (e is ProgramUnavailableException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // A file of that name that the system cannot start is no Java, and neither is one that does not answer.
            return null;
        }
    }

    private IEnumerable<(string Program, string Origin)> Installed()
    {
        if (environment("JAVA_HOME") is { Length: > 0 } home && Tool.IsExecutable(Path.Combine(home, "bin", "java")))
            yield return (Path.GetFullPath(Path.Combine(home, "bin", "java")), "JAVA_HOME");
        if (Tool.Find("java", environment) is { } program)
            yield return (program, "PATH");
    }

    private static string? Home(string tree)
    {
        var all = Path.Combine(tree, "usr", "lib", "jvm");
        // The packages also lay a link beside it, under an older name.
        return !Directory.Exists(all) ? null : new DirectoryInfo(all).EnumerateDirectories()
            .FirstOrDefault(home => home.LinkTarget is null && Tool.IsExecutable(Path.Combine(home.FullName, "bin", "java")))?.FullName;
    }

    /// <summary>17 of <c>openjdk version "17.0.15" 2025-04-15</c>, 8 of <c>"1.8.0_392"</c>; null when it is no Java's answer.</summary>
    internal static int? Major(string said)
        => Quoted().Match(said) is { Success: true } match ? int.Parse(match.Groups["major"].Value, CultureInfo.InvariantCulture) : null;

    // Kafka 3.5 is older than the next long-term release, 25.
    internal static bool WillDo(int major) => major is >= 11 and <= 21;

    // Other lines may come before it: "Picked up JAVA_TOOL_OPTIONS: ...".
    [GeneratedRegex("""version "(1\.)?(?<major>\d{1,4})""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
