namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Finds a Java that Kafka runs on (11 to 21) on this machine, or fetches one once.</summary>
/// <param name="cache">Where what was fetched is kept.</param>
/// <param name="environment">Reads an environment variable (<c>JAVA_HOME</c>, <c>PATH</c>); the process's own when null.</param>
public sealed class JavaSource(PartsCache cache, Func<string, string?>? environment = null)
{
    private const string Part = "java";

    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(20);

    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;

    /// <summary>Finds Java, or fetches it into the cache.</summary>
    /// <param name="progress">Told of what is done, about ten times a second at most.</param>
    /// <param name="cancellationToken">Ends what is under way and leaves nothing half done.</param>
    /// <exception cref="UnavailableException">It cannot be had on this machine; the message says what to do.</exception>
    public async Task<JavaInstallation> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        HostPlatform.ThrowIfUnsupported();
        // One that is too old or too new is passed over: people set JAVA_HOME for other programs.
        foreach (var (program, origin) in Installed())
        {
            if (await VersionOfAsync(program, cancellationToken) is { } version && JavaVersion.WillDo(version))
                return new JavaInstallation([program], version, origin);
        }

        var throttled = new ThrottledProgress(Part, progress, TimeProvider.System);
        var part = await cache.GetAsync(
            Part, _ => true, (work, token) => JavaPackages.FetchAsync(work, _environment, throttled, token), throttled, cancellationToken);
        return JavaPackages.Home(part.Folder) is { } home
            ? new JavaInstallation([Path.Combine(home, "bin", "java")], part.Manifest.Number.Major, part.Manifest.Origin)
            : throw new UnavailableException($"{part.Folder} contains no java: remove it, then try again.");
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
        catch (UnavailableException)
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
        if (_environment("JAVA_HOME") is { Length: > 0 } home && ProgramPath.IsExecutable(Path.Combine(home, "bin", "java")))
            yield return (Path.GetFullPath(Path.Combine(home, "bin", "java")), "JAVA_HOME");
        if (ProgramPath.Find("java", _environment) is { } program)
            yield return (program, "PATH");
    }
}
