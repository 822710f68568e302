using System.Text.RegularExpressions;

namespace CdcLab.AppHost.Programs;

/// <summary>A Java that Kafka and ZooKeeper run on. Its origin is for people: "JAVA_HOME", "PATH" or the package and its version.</summary>
internal sealed record JavaProgram(string Path, int Major, string Origin);

/// <summary>Finds a Java that Kafka runs on (11 to 21) on this machine, or fetches the headless runtime of the distribution's archive once.</summary>
/// <remarks>
/// What is fetched runs on the machine's own C library, since it comes from the machine's own suite or an older one, and not by a loader of its own:
/// java finds its files by the path of the program that runs, which would be the loader. Of the libraries it needs, this process (.NET)
/// needs all but zlib itself; zlib is laid beside the runtime's libraries, where they look first.
/// </remarks>
internal sealed class JavaSource(ProgramCache cache, Func<string, string?> environment)
{
    private const string Part = "java";
    private const string RuntimePackage = "openjdk-17-jre-headless";
    private const string ZlibPackage = "zlib1g";
    private const string Zlib = "libz.so.1";

    /// <summary>The suite of Debian that carries Java 17; later ones run it too.</summary>
    private const string DebianSuite = "bookworm";

    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(20);
    private static readonly string WhatToSet = $"set JAVA_HOME to a Java ({JavaVersion.Oldest} to {JavaVersion.Newest})";

    /// <exception cref="ProgramUnavailableException">It cannot be found or fetched; the message says what to do.</exception>
    public async Task<JavaProgram> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        // One that is too old or too new is passed over: people set JAVA_HOME for other programs.
        foreach (var (program, origin) in Installed())
        {
            if (await VersionOfAsync(program, cancellationToken) is { } version && JavaVersion.WillDo(version))
                return new JavaProgram(program, version, origin);
        }

        ThrottledProgress throttled = new(Part, progress, TimeProvider.System);
        var part = await cache.GetAsync(Part, _ => true, (work, token) => FetchAsync(work, throttled, token), throttled, cancellationToken);
        return Home(part.Folder) is { } home
            ? new JavaProgram(Path.Combine(home, "bin", "java"), part.Manifest.Number.Major, part.Manifest.Origin)
            : throw new ProgramUnavailableException($"{part.Folder} contains no java: remove it, then try again.");
    }

    private async Task<FetchedPart> FetchAsync(string work, ThrottledProgress progress, CancellationToken cancellationToken)
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

    /// <summary>The version of a Java; null when it does not start or does not answer as one.</summary>
    private static async Task<int?> VersionOfAsync(string program, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerDeadline);
        try
        {
            var result = await Tool.RunAsync([program], ["-version"], null, null, deadline.Token);
            return result.ExitCode == 0 ? JavaVersion.Parse(string.Join('\n', result.Error.Concat(result.Output))) : null;
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

    /// <summary>The runtime's folder below a tree of unpacked packages; null when there is none.</summary>
    private static string? Home(string tree)
    {
        var all = Path.Combine(tree, "usr", "lib", "jvm");
        // The packages also lay a link beside it, under an older name.
        return Directory.Exists(all)
            ? new DirectoryInfo(all).EnumerateDirectories().FirstOrDefault(home => home.LinkTarget is null && Tool.IsExecutable(Path.Combine(home.FullName, "bin", "java")))?.FullName
            : null;
    }
}

/// <summary>Reads what <c>java -version</c> says.</summary>
internal static partial class JavaVersion
{
    public const int Oldest = 11;

    /// <summary>Kafka 3.5 is older than the next long-term release, 25.</summary>
    public const int Newest = 21;

    /// <summary>The feature version, 17 of <c>openjdk version "17.0.15" 2025-04-15</c> and 8 of <c>"1.8.0_392"</c>; null when it is no Java's answer.</summary>
    public static int? Parse(string said)
    {
        if (Quoted().Match(said) is not { Success: true } match)
            return null;
        var first = int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture);
        // Up to 8, versions began with "1.".
        return first == 1 && match.Groups["second"].Success ? int.Parse(match.Groups["second"].Value, CultureInfo.InvariantCulture) : first;
    }

    public static bool WillDo(int version) => version is >= Oldest and <= Newest;

    // Other lines may come before it: "Picked up JAVA_TOOL_OPTIONS: ...".
    [GeneratedRegex("""version "(?<first>\d{1,4})(\.(?<second>\d{1,4}))?""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
