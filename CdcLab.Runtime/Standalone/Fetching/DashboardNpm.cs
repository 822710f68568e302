namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>The dashboard of npm's registry: it lies inside Aspire's command-line program, which unpacks it.</summary>
internal static class DashboardNpm
{
    private static readonly TimeSpan UnpackingLimit = TimeSpan.FromMinutes(3);

    /// <summary>The package that carries the dashboard of this build's version.</summary>
    public static NpmPackage Known { get; } = new("@microsoft/aspire-cli-linux-x64", FetchVersions.DashboardVersion, FetchVersions.DashboardNpmSha512);

    /// <summary>Fetches the package and takes the dashboard out of it.</summary>
    /// <exception cref="UnavailableException">It cannot be had; the message says why.</exception>
    public static async Task<FetchedPart> FetchAsync(NpmPackage package, Uri? registry, DownloadLimits limits, Func<string, string?> environment, string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        string tree = await package.UnpackAsync(registry, limits, environment, work, progress, cancellationToken);
        string cli = Path.Combine(tree, "bin", "aspire");
        if (!ProgramPath.IsExecutable(cli))
            throw new UnavailableException($"{package.Name} {package.Version} holds no program bin/aspire.");

        progress.Report("unpacking the dashboard");
        // Both folders are named, or it unpacks a second time into the user's home.
        string home = Directory.CreateDirectory(Path.Combine(work, "home")).FullName;
        string bundle = Path.Combine(home, "aspire");
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(UnpackingLimit);
        ToolResult result;
        try
        {
            result = await Tool.RunAsync(
                ["env", $"HOME={home}", $"ASPIRE_HOME={bundle}", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "ASPIRE_CLI_TELEMETRY_OPTOUT=1", cli],
                ["setup", "--install-path", bundle, "--non-interactive", "--nologo"],
                work,
                null,
                limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnavailableException($"{package.Name} {package.Version} did not unpack the dashboard within {UnpackingLimit.TotalMinutes:0} minutes.");
        }

        // A link to a folder whose name nobody can know before.
        string managed = Path.Combine(bundle, "bundle", "managed");
        if (result.ExitCode != 0 || !Directory.Exists(managed))
            throw new UnavailableException($"{package.Name} {package.Version} did not unpack the dashboard (exit code {result.ExitCode}): {string.Join(' ', result.Error.Concat(result.Output).TakeLast(2)).Trim()}");
        string folder = Path.Combine(work, "dashboard");
        Directory.Move(Path.Combine(new DirectoryInfo(Path.Combine(bundle, "bundle")).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.Combine(bundle, "bundle"), "managed"), folder);
        return new(folder, package.Version, $"npm package {package.Name} {package.Version}", [package.Contents]);
    }
}
