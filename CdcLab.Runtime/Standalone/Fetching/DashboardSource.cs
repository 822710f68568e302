using System.Runtime.InteropServices;
using CdcLab.Model.Options;

namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Finds the Aspire dashboard on this machine, or fetches it once: from NuGet's configured sources, else from npm's.</summary>
/// <param name="options">Where it is, if somebody says so.</param>
/// <param name="npmRegistry"><c>Lab:Npm:Registry</c>; null for npm's own configuration.</param>
/// <param name="cache">Where what was fetched is kept.</param>
/// <param name="environment">Reads an environment variable; the process's own when null.</param>
public sealed class DashboardSource(DashboardOptions options, Uri? npmRegistry, PartsCache cache, Func<string, string?>? environment = null)
{
    private const string Part = "dashboard";

    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;

    /// <summary>How patient the download is.</summary>
    internal DownloadLimits Limits { get; init; } = DownloadLimits.Default;

    /// <summary>The npm package that carries it.</summary>
    internal NpmPackage Package { get; init; } = DashboardNpm.Known;

    /// <summary>The machine's type.</summary>
    internal Architecture Machine { get; init; } = RuntimeInformation.OSArchitecture;

    /// <summary>Finds the dashboard, or fetches it into the cache.</summary>
    /// <param name="progress">Told of what is done, about ten times a second at most.</param>
    /// <param name="cancellationToken">Ends what is under way and leaves nothing half done.</param>
    /// <returns>The dashboard.</returns>
    /// <exception cref="UnavailableException">It cannot be had on this machine; the message is one line that says why and what to do.</exception>
    public async Task<DashboardInstallation> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        if (options.Path is { Length: > 0 } path)
        {
            return DashboardInstallation.In(path, null, "Lab:Dashboard:Path")
                ?? throw new UnavailableException($"Lab:Dashboard:Path = {path}: is no Aspire dashboard; name the folder that holds aspire-managed or Aspire.Dashboard with its wwwroot.");
        }

        if (Machine != Architecture.X64)
            throw new UnavailableException($"The dashboard is fetched for x86-64 only, and this machine is {Machine}: set Lab:Dashboard:Path to one that is there.");
        ThrottledProgress throttled = new(Part, progress, TimeProvider.System);
        CachedPart part = await cache.GetAsync(Part, manifest => manifest.Version == Package.Version, (work, token) => FetchAsync(work, throttled, token), throttled, cancellationToken);
        return DashboardInstallation.In(part.Folder, part.Manifest.Version, part.Manifest.Origin)
            ?? throw new UnavailableException($"{part.Folder} contains no dashboard: remove it, then try again.");
    }

    private async Task<FetchedPart> FetchAsync(string work, ThrottledProgress progress, CancellationToken cancellationToken)
    {
        string notThere;
        try
        {
            return await DashboardNuGet.FetchAsync(Package.Version, _environment, Directory.CreateDirectory(Path.Combine(work, "nuget")).FullName, progress, cancellationToken);
        }
        catch (UnavailableException e)
        {
            notThere = e.Message.TrimEnd('.');
        }

        try
        {
            return await DashboardNpm.FetchAsync(Package, npmRegistry, Limits, _environment, work, progress, cancellationToken);
        }
        catch (UnavailableException e)
        {
            throw new UnavailableException(
                $"Aspire dashboard {Package.Version} is not in the cache, NuGet's sources do not give it ({notThere}), and neither does npm's registry ({e.Message.TrimEnd('.')}): make one of them give it, or set Lab:Dashboard:Path.");
        }
    }
}
