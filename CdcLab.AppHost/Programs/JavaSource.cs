using System.Text.RegularExpressions;

namespace CdcLab.AppHost.Programs;

/// <summary>A Java that Kafka and ZooKeeper run on (11 to 21).</summary>
/// <param name="Path">The program.</param>
/// <param name="Major">Java's feature version, such as 17.</param>
/// <param name="Origin">Where it came from, for people: "JAVA_HOME", "PATH" or the package and its version.</param>
internal sealed record JavaProgram(string Path, int Major, string Origin);

/// <summary>Finds a Java that Kafka runs on (11 to 21) on this machine, or fetches one once.</summary>
/// <param name="cache">Where what was fetched is kept.</param>
/// <param name="environment">Reads an environment variable (<c>JAVA_HOME</c>, <c>PATH</c>); the process's own when null.</param>
internal sealed class JavaSource(ProgramCache cache, Func<string, string?> environment)
{
    private const string Part = "java";

    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(20);

    /// <summary>Finds Java, or fetches it into the cache.</summary>
    /// <param name="progress">Told of what is done, about ten times a second at most.</param>
    /// <param name="cancellationToken">Ends what is under way and leaves nothing half done.</param>
    /// <exception cref="ProgramUnavailableException">It cannot be had on this machine; the message says what to do.</exception>
    public async Task<JavaProgram> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        // One that is too old or too new is passed over: people set JAVA_HOME for other programs.
        foreach (var (program, origin) in Installed())
        {
            if (await VersionOfAsync(program, cancellationToken) is { } version && JavaVersion.WillDo(version))
                return new JavaProgram(program, version, origin);
        }

        var throttled = new ThrottledProgress(Part, progress, TimeProvider.System);
        var part = await cache.GetAsync(
            Part, _ => true, (work, token) => JavaPackages.FetchAsync(work, environment, throttled, token), throttled, cancellationToken);
        return JavaPackages.Home(part.Folder) is { } home
            ? new JavaProgram(Path.Combine(home, "bin", "java"), part.Manifest.Number.Major, part.Manifest.Origin)
            : throw new ProgramUnavailableException($"{part.Folder} contains no java: remove it, then try again.");
    }

    /// <summary>The version of a Java; null when it does not start or does not answer as one.</summary>
    internal static async Task<int?> VersionOfAsync(string program, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerDeadline);
        try
        {
            var result = await Tool.RunAsync([program], ["-version"], null, null, deadline.Token);
            return result.ExitCode == 0 ? JavaVersion.Parse(string.Join('\n', result.Error.Concat(result.Output))) : null;
        }
        catch (ProgramUnavailableException)
        {
            // A file of that name that the system cannot start is no Java.
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Neither is one that does not answer.
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
}

/// <summary>Reads what <c>java -version</c> says.</summary>
internal static partial class JavaVersion
{
    /// <summary>The oldest Java that the lab uses.</summary>
    public const int Oldest = 11;

    /// <summary>The newest Java that the lab uses: Kafka 3.5 is older than the next long-term release, 25.</summary>
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

    /// <summary>Whether Kafka runs on that Java.</summary>
    public static bool WillDo(int version) => version is >= Oldest and <= Newest;

    // Other lines may come before it: "Picked up JAVA_TOOL_OPTIONS: ...".
    [GeneratedRegex("""version "(?<first>\d{1,4})(\.(?<second>\d{1,4}))?""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
