namespace CdcLab.Runtime.Standalone.Fetching;

/// <summary>Finds Kafka (with ZooKeeper) on this machine, or fetches it once.</summary>
/// <param name="options">Where it may come from.</param>
/// <param name="cache">Where what was fetched is kept.</param>
/// <param name="environment">Reads an environment variable (<c>KAFKA_HOME</c>); the process's own when null.</param>
public sealed class KafkaSource(KafkaFetchOptions options, PartsCache cache, Func<string, string?>? environment = null)
{
    private const string Part = "kafka";
    private const string HomeVariable = "KAFKA_HOME";

    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;

    /// <summary>How patient the download is.</summary>
    internal DownloadLimits Limits { get; init; } = DownloadLimits.Default;

    /// <summary>Finds Kafka, or fetches it into the cache.</summary>
    /// <param name="progress">Told of what is done, about ten times a second at most.</param>
    /// <param name="cancellationToken">Ends what is under way and leaves nothing half done.</param>
    /// <exception cref="UnavailableException">It cannot be had on this machine; the message says what to do.</exception>
    public Task<KafkaInstallation> FindAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        HostPlatform.ThrowIfUnsupported();
        var home = _environment(HomeVariable);
        return options.Source switch
        {
            "auto" when !string.IsNullOrEmpty(home) => Task.FromResult(AtHome(home)),
            "home" => Task.FromResult(AtHome(home)),
            "auto" or "archive" => FromArchiveAsync(progress, cancellationToken),
            "npm" => throw new UnavailableException(
                "Lab:Kafka:Source is npm: the legacy Kafka from npm is not in this version. Set KAFKA_HOME to an unpacked Kafka (up to 3.9), or Lab:Kafka:ArchiveUrl to a reachable kafka_2.13-X.Y.Z.tgz."),
            var other => throw new UnavailableException($"Lab:Kafka:Source is {other}: it must be auto, home, archive or npm."),
        };
    }

    private static KafkaInstallation AtHome(string? home)
    {
        if (string.IsNullOrEmpty(home))
            throw new UnavailableException("Lab:Kafka:Source is home, and KAFKA_HOME is not set: set it to an unpacked Kafka distribution (up to 3.9).");
        var folder = Path.GetFullPath(home);
        var version = KafkaDistribution.ReadVersion(folder, out var fault)
            ?? throw new UnavailableException($"KAFKA_HOME, {home}, {fault}: set it to an unpacked Kafka distribution (up to 3.9), or unset it to have one fetched.");
        return new KafkaInstallation(folder, version, HomeVariable);
    }

    private async Task<KafkaInstallation> FromArchiveAsync(IProgress<FetchProgress> progress, CancellationToken cancellationToken)
    {
        var archive = new KafkaArchive(options.ArchiveUrl, Limits, TimeProvider.System);
        var version = archive.Version();
        var throttled = new ThrottledProgress(Part, progress, TimeProvider.System);
        try
        {
            var part = await cache.GetAsync(
                Part, manifest => manifest.Version == version, (work, token) => archive.FetchAsync(work, throttled, token), throttled, cancellationToken);
            return new KafkaInstallation(part.Folder, version, part.Manifest.Origin);
        }
        catch (UnreachableException e)
        {
            // Here, and only here, another source may stand in for Apache's archive; there is none in this version.
            throw new UnavailableException(
                $"Kafka {version} is not cached, and {e.Message}. Set KAFKA_HOME to an unpacked Kafka (up to 3.9), or Lab:Kafka:ArchiveUrl to a reachable kafka_2.13-X.Y.Z.tgz.");
        }
    }
}
